import test from 'ava';
import {deferStream} from '../../src/async/defer-stream.js';

async function* upTo(count: number, onEnd: () => void = () => {}): AsyncGenerator<number> {
  try {
    for (let item = 1; item <= count; item++) yield item;
  } finally {
    onEnd();
  }
}

test('a deferred stream begins with its first item, and has all items', async t => {
  let begun = 0;
  const stream = deferStream(async () => {
    begun++;
    return upTo(3);
  });
  t.is(begun, 0);
  const items: number[] = [];
  for await (const item of stream) items.push(item);
  t.deepEqual(items, [1, 2, 3]);
  t.is(begun, 1);
});

test('who stops reading a deferred stream ends it', async t => {
  let ended = 0;
  for await (const _ of deferStream(async () => upTo(3, () => ended++))) break;
  t.is(ended, 1);
});

test('a deferred stream that is ended while it begins ends, too', async t => {
  let ended = 0;
  const iterator = deferStream(async () => upTo(3, () => ended++))[Symbol.asyncIterator]();
  const first = iterator.next();
  t.deepEqual(await iterator.return?.(), {done: true, value: undefined});
  t.deepEqual(await first, {done: false, value: 1});
  t.is(ended, 1);
});

test('a deferred stream that was never read has nothing to end', async t => {
  const iterator = deferStream<number>(() => t.fail() as never)[Symbol.asyncIterator]();
  t.deepEqual(await iterator.return?.(), {done: true, value: undefined});
});

test('a deferred stream that cannot begin fails', async t => {
  const stream = deferStream<number>(() => Promise.reject(new Error('no')));
  const iterator = stream[Symbol.asyncIterator]();
  await t.throwsAsync(iterator.next(), {message: 'no'});
  t.deepEqual(await iterator.return?.(), {done: true, value: undefined});
});
