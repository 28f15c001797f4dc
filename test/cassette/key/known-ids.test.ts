import test from 'ava';
import fc from 'fast-check';
import {type CassetteKey, cassetteKey, type MatchingView} from '../../../src/cassette/key/key.js';
import {createKnownIds, tokenOf, tokenPattern} from '../../../src/cassette/key/known-ids.js';
import type {JsonValue} from '../../../src/chat/json.js';

const key = `1:${'0'.repeat(64)}` as CassetteKey;
const upload: MatchingView = {operation: 'raw', method: 'POST', path: '/v1/files'};
const tokenFor = (number: number) => tokenOf({key, view: upload, number, place: '/id#0'});

function knowing(...ids: readonly string[]) {
  const known = createKnownIds();
  for (const [number, id] of ids.entries())
    known.add({id, token: tokenFor(number), origin: 'POST /v1/files', isRecorded: true});
  return known;
}

for (const [title, text, expected] of [
  ['a text that is the id', 'file-abc1', '0'],
  ['a segment of a path', '/v1/files/file-abc1/content', '/v1/files/0/content'],
  ['a parameter of a query', 'after=file-abc1', 'after=0'],
  ['several', 'file-abc1,file-abc1', '0,0'],
  [
    'a name of two words in a URL',
    'https://host/v1beta/files/xyz9:download',
    'https://host/v1beta/1:download',
  ],
  ['a part of a longer word is none', 'file-abc12 xfile-abc1 file-abc1-2 profiles/xyz9', undefined],
  ['an unknown one', 'file-abd1', undefined],
] as const) {
  test(`ids are replaced where they stand alone: ${title}`, t => {
    const view = {text, nested: [{text}], number: 1};
    const {view: replaced, replaced: ids} = knowing('file-abc1', 'files/xyz9').replaceIn(view);
    const shown = (given: string) =>
      given.replaceAll(tokenPattern, token => (token === tokenFor(0) ? '0' : '1'));
    if (expected === undefined) {
      t.is(replaced, view);
      t.deepEqual(ids, []);
    } else {
      t.deepEqual(JSON.parse(shown(JSON.stringify(replaced))), {
        text: expected,
        nested: [{text: expected}],
        number: 1,
      });
      t.is(ids.length, 1);
    }
  });
}

const ids = fc.uniqueArray(fc.stringMatching(/^(?:file-|files\/|resp_)[a-z0-9]{6,12}$/), {
  minLength: 2,
  maxLength: 6,
});

test('requests that name different objects have different keys, whatever their ids are', t => {
  fc.assert(
    fc.property(ids, fc.jsonValue(), fc.nat(), fc.nat(), (names, value, one, other) => {
      const viewOf = (index: number): MatchingView => ({
        value: value as JsonValue,
        path: `/v1/${names[index % names.length]}/content`,
      });
      const known = knowing(...names);
      const keyOf = (index: number) => cassetteKey(known.replaceIn(viewOf(index)).view);
      t.is(keyOf(one) === keyOf(other), one % names.length === other % names.length);
    }),
  );
});

test('requests that differ only in the ids of the same objects have one key', t => {
  fc.assert(
    fc.property(ids, ids, (before, after) => {
      const count = Math.min(before.length, after.length);
      const keyIn = (names: readonly string[]) => {
        const used = names.slice(0, count);
        return cassetteKey(knowing(...used).replaceIn({ids: used, text: `About ${used.join(', ')}`}).view);
      };
      t.is(keyIn(before), keyIn(after));
    }),
  );
});

test('the ids that were used least recently are forgotten', t => {
  const names = Array.from({length: 10_001}, (_, index) => `file-${index}x`);
  const known = knowing(...names.slice(0, 10_000));
  known.replaceIn({path: '/v1/files/file-0x'});
  known.add({id: 'file-10000x', token: tokenFor(10_000), origin: '', isRecorded: true});
  t.truthy(known.get('file-0x'));
  t.is(known.get('file-1x'), undefined);
  t.is(known.all().length, 10_000);
});
