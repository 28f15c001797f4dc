import test from 'ava';
import {createSharedWork} from '../../src/async/share-work.js';

const stay = new AbortController().signal;

/** Work that ends when the test says so. */
function createTask() {
  const task = {
    begun: 0,
    signal: undefined as AbortSignal | undefined,
    finish: (_: string) => {},
    fail: (_: Error) => {},
    begin: (signal: AbortSignal) => {
      task.begun++;
      task.signal = signal;
      return new Promise<string>((resolve, reject) => {
        task.finish = resolve;
        task.fail = reject;
      });
    },
  };
  return task;
}

test('a caller with the id of running work waits for that work', async t => {
  const shared = createSharedWork<string>();
  const task = createTask();
  const waiting = ['a', 'a', 'a'].map(id => shared.join(id, stay, task.begin));
  task.finish('done');
  t.deepEqual(await Promise.all(waiting), ['done', 'done', 'done']);
  t.is(task.begun, 1);
});

test('a different id starts its own work, and so does the same id after the work is done', async t => {
  const shared = createSharedWork<string>();
  const [one, other] = [createTask(), createTask()];
  const first = shared.join('a', stay, one.begin);
  const second = shared.join('b', stay, other.begin);
  one.finish('1');
  other.finish('2');
  t.deepEqual(await Promise.all([first, second]), ['1', '2']);
  const again = shared.join('a', stay, one.begin);
  one.finish('3');
  t.is(await again, '3');
});

test('a caller that leaves does not affect the others', async t => {
  const shared = createSharedWork<string>();
  const task = createTask();
  const leaving = new AbortController();
  const left = shared.join('a', leaving.signal, task.begin);
  const other = shared.join('a', stay, task.begin);
  leaving.abort(new Error('gone'));
  await t.throwsAsync(left, {message: 'gone'});
  t.false(task.signal?.aborted);
  task.finish('done');
  t.is(await other, 'done');
});

test('when the last caller leaves, the work is aborted and the next caller starts it again', async t => {
  const shared = createSharedWork<string>();
  const [task, next] = [createTask(), createTask()];
  const leaving = new AbortController();
  const both = [shared.join('a', leaving.signal, task.begin), shared.join('a', leaving.signal, task.begin)];
  leaving.abort(new Error('gone'));
  for (const left of both) await t.throwsAsync(left, {message: 'gone'});
  t.true(task.signal?.aborted);
  const again = shared.join('a', stay, next.begin);
  task.fail(new Error('nobody hears this'));
  next.finish('done');
  t.is(await again, 'done');
});

test('every caller gets the failure, and the failure is not remembered', async t => {
  const shared = createSharedWork<string>();
  const task = createTask();
  const waiting = [shared.join('a', stay, task.begin), shared.join('a', stay, task.begin)];
  task.fail(new Error('broken'));
  for (const one of waiting) await t.throwsAsync(one, {message: 'broken'});
  const again = shared.join('a', stay, task.begin);
  task.finish('done');
  t.is(await again, 'done');
});

test('a caller with an already aborted signal starts nothing', async t => {
  const shared = createSharedWork<string>();
  const task = createTask();
  await t.throwsAsync(shared.join('a', AbortSignal.abort(new Error('gone')), task.begin), {message: 'gone'});
  t.is(task.begun, 0);
});
