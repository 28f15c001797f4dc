import test from 'ava';
import fc from 'fast-check';
import {createBatches} from '../../src/async/batches.js';

test('what is added in one turn is handled together, and each item gets its own result', async t => {
  const property = fc.asyncProperty(
    fc.array(fc.array(fc.record({value: fc.integer(), isRefused: fc.boolean()}), {maxLength: 5}), {
      maxLength: 5,
    }),
    async turns => {
      const handled: number[][] = [];
      const batches = createBatches<{value: number; isRefused: boolean}>(async items => {
        handled.push(items.map(({value}) => value));
        return items.map(({value, isRefused}) => (isRefused ? new Error(String(value)) : undefined));
      });
      for (const turn of turns) {
        const results = await Promise.allSettled(turn.map(item => batches.add(item)));
        t.deepEqual(
          results.map(result => (result.status === 'rejected' ? String(result.reason) : undefined)),
          turn.map(({value, isRefused}) => (isRefused ? `Error: ${value}` : undefined)),
        );
      }
      t.deepEqual(
        handled,
        turns.filter(turn => turn.length > 0).map(turn => turn.map(({value}) => value)),
      );
    },
  );
  await fc.assert(property, {numRuns: 100});
});

test('a failure is one of all items, and the next ones are handled', async t => {
  let fails = true;
  const batches = createBatches<number>(async () => {
    if (fails) throw new Error('no');
    return [];
  });
  const failed = await Promise.allSettled([batches.add(1), batches.add(2)]);
  t.deepEqual(
    failed.map(({status}) => status),
    ['rejected', 'rejected'],
  );
  fails = false;
  await t.notThrowsAsync(batches.add(3));
});

test('settled waits for what was added before', async t => {
  const done: number[] = [];
  const batches = createBatches<number>(async items => {
    await new Promise(resolve => setTimeout(resolve, 10));
    done.push(...items);
    return [];
  });
  void batches.add(1);
  await batches.settled();
  t.deepEqual(done, [1]);
});
