import test from 'ava';
import {waitUntilDue} from '../../../src/cassette/replay/pace.js';
import {playTake} from '../../../src/cassette/replay/play-take.js';
import {takeOf} from '../../support/recordings.js';

const signal = new AbortController().signal;
const hour = 3_600_000;

test('pace instant does not wait', async t => {
  await waitUntilDue(hour, {pace: 'instant', startedAt: 0, now: () => 0, signal});
  t.pass();
});

test('a chunk that is due is not delayed', async t => {
  await waitUntilDue(hour, {pace: 'recorded', startedAt: 0, now: () => hour, signal});
  await waitUntilDue(hour, {pace: 2, startedAt: 0, now: () => hour / 2, signal});
  t.pass();
});

test('a chunk that is not due is delayed until its time or until the client disconnects', async t => {
  for (const pace of ['recorded', 2] as const) {
    const gone = new AbortController();
    const waiting = waitUntilDue(hour, {pace, startedAt: 0, now: () => hour / 4, signal: gone.signal});
    gone.abort();
    await t.throwsAsync(waiting, {name: 'AbortError'});
  }
});

test('a take is replayed relative to its own start, whenever that is', async t => {
  let time = 1_000_000;
  const take = takeOf(['a', 'b']);
  const now = () => {
    const current = time;
    time += 1000;
    return current;
  };
  const types: string[] = [];
  for await (const {type} of playTake(take, {pace: 'recorded', now, signal, form: undefined}))
    types.push(type);
  t.deepEqual(types, ['reply-start', 'text-delta', 'text-delta', 'reply-end']);
});
