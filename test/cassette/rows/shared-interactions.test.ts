import test from 'ava';
import {cassetteKey} from '../../../src/cassette/key/key.js';
import {SharedInteractions} from '../../../src/cassette/rows/shared-interactions.js';
import {takeRow} from '../../../src/cassette/rows/take-row.js';
import {takeOf} from '../../support/recordings.js';

const view = {operation: 'chat', turns: []};
const key = cassetteKey(view);
const rowWith = (...takes: ReturnType<typeof takeOf>[]) => ({
  key,
  request: '{"operation":"chat","turns":[]}',
  takes: takes.map(take => takeRow(key, take)),
});

test('an interaction that is in use is read once, and one with other takes is another', t => {
  const shared = new SharedInteractions();
  const first = shared.read('a', rowWith(takeOf(['one'])));
  t.is(shared.read('a', rowWith(takeOf(['one']))), first);
  const other = shared.read('a', rowWith(takeOf(['two'])));
  t.not(other, first);
  t.deepEqual(other.takes, [takeOf(['two'])]);
  const both = shared.read('a', rowWith(takeOf(['one']), takeOf(['two'])));
  t.is(both.takes.length, 2);
  t.deepEqual(first.takes, [takeOf(['one'])]);
});

test('a row that was changed under the digests of a known one is damaged, not the known one', t => {
  const shared = new SharedInteractions();
  const row = rowWith(takeOf(['one']));
  const known = shared.read('a', row);
  const [take] = row.takes;
  const changed = {...take, chunks: take?.chunks.replace('one', 'two')} as NonNullable<typeof take>;
  const damaged = [
    {...row, takes: [changed]},
    {...row, request: '{"operation":"chat","turns":[1]}'},
  ];
  for (const each of damaged) t.throws(() => shared.read('a', each), {code: 'cassette_invalid'});
  t.deepEqual(known.takes, [takeOf(['one'])]);
});
