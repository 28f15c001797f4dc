import test from 'ava';
import {createSerializer} from '../../src/async/serialize.js';

test('jobs run one at a time in the order of the calls, and a failure stops none', async t => {
  const serialize = createSerializer();
  const events: string[] = [];
  const job = (name: string, error?: Error) => async () => {
    events.push(`${name} begins`);
    await new Promise(resolve => setImmediate(resolve));
    events.push(`${name} ends`);
    if (error) throw error;
    return name;
  };
  const results = await Promise.allSettled([
    serialize(job('a')),
    serialize(job('b', new Error('broken'))),
    serialize(job('c')),
  ]);
  t.deepEqual(
    results.map(({status}) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
