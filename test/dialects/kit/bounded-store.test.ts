import test from 'ava';
import {createBoundedStore} from '../../../src/dialects/kit/bounded-store.js';

const storeOf = (maxCount: number, maxBytes: number) =>
  createBoundedStore<string>({maxCount, maxBytes, bytesOf: text => text.length});

test('the oldest values are removed when there are too many', t => {
  const store = storeOf(2, 100);
  for (const text of ['a', 'b', 'c']) store.set(text, text);
  t.deepEqual(store.values(), ['b', 'c']);
});

test('the oldest values are removed when the total size is too large', t => {
  const store = storeOf(100, 10);
  for (const text of ['aaaa', 'bbbb', 'cccc', 'dd']) store.set(text, text);
  t.deepEqual(store.values(), ['bbbb', 'cccc', 'dd']);
});

test('the newest value stays, however large it is', t => {
  const store = storeOf(100, 10);
  store.set('a', 'a');
  store.set('b', 'b'.repeat(50));
  t.deepEqual(store.values(), ['b'.repeat(50)]);
  store.set('c', 'c');
  t.deepEqual(store.values(), ['c']);
});

test('a replaced or deleted value no longer counts', t => {
  const store = storeOf(100, 10);
  store.set('a', 'a'.repeat(9));
  store.set('a', 'a');
  store.set('b', 'b'.repeat(9));
  t.deepEqual(store.values(), ['a', 'b'.repeat(9)]);
  t.true(store.delete('b'));
  t.false(store.delete('b'));
  store.set('c', 'c'.repeat(9));
  t.deepEqual(store.values(), ['a', 'c'.repeat(9)]);
});
