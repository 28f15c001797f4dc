import test from 'ava';
import fc from 'fast-check';
import {breakOff, ConnectionCut} from '../../src/faults/disturb.js';

async function* each(events: readonly string[]): AsyncGenerator<string> {
  yield* events;
}

async function received(events: AsyncIterable<string>): Promise<{sent: string[]; error: unknown}> {
  const sent: string[] = [];
  try {
    for await (const event of events) sent.push(event);
    return {sent, error: undefined};
  } catch (error) {
    return {sent, error};
  }
}

const events = fc
  .array(fc.record({name: fc.constantFrom(undefined, 'delta'), data: fc.object({maxDepth: 1})}), {
    minLength: 1,
    maxLength: 6,
  })
  .map(list =>
    list.map(({name, data}) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`),
  );

test('a cut stream is a beginning without the last event, and breaks', async t => {
  await fc.assert(
    fc.asyncProperty(events, fc.nat({max: 8}), async (all, count) => {
      const {sent, error} = await received(breakOff({name: 'cut', events: count}).events(each(all)));
      t.deepEqual(sent, all.slice(0, Math.min(count, all.length - 1)));
      t.true(error instanceof ConnectionCut);
    }),
  );
});

test('the last event of a malformed stream is no JSON', async t => {
  await fc.assert(
    fc.asyncProperty(events, fc.nat({max: 8}), async (all, count) => {
      const {sent, error} = await received(breakOff({name: 'malformed', events: count}).events(each(all)));
      t.is(error, undefined);
      const last = sent.pop() ?? '';
      t.deepEqual(sent, all.slice(0, Math.min(count, all.length - 1)));
      t.true(last.endsWith('\n\n'));
      const data = last.slice(last.indexOf('data: ') + 'data: '.length).trimEnd();
      t.throws(() => JSON.parse(data), {instanceOf: SyntaxError});
      t.true(last.isWellFormed());
    }),
  );
});
