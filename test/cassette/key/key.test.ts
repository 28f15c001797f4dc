import {isDeepStrictEqual} from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import {
  canonicalJson,
  canonicalView,
  cassetteKey,
  isSameJson,
  keyOfCanonicalText,
  type MatchingView,
} from '../../../src/cassette/key/key.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../src/chat/json.js';

/** In JSON text, -0 and 0 are the same number. */
const anyJson = fc.jsonValue({maxDepth: 4}).map(value => withoutMinusZero(value as JsonValue));
const anyView = fc
  .dictionary(fc.constantFrom('turns', 'sampling', 'candidates', 'extras', 'a', 'b'), anyJson)
  .map((members): MatchingView => ({operation: 'chat', ...members}));

test('a key names its scheme and is a digest', t => {
  t.regex(cassetteKey({operation: 'chat', turns: []}), /^1:[0-9a-f]{64}$/);
});

test('the key of a view is the key of its stored text', t => {
  fc.assert(fc.property(anyView, view => keyOfCanonicalText(canonicalView(view)) === cassetteKey(view)));
  t.pass();
});

test('values are equal exactly when their canonical texts are', t => {
  const number = fc.oneof(fc.integer(), fc.double({noNaN: true, noDefaultInfinity: true}), fc.bigInt());
  const small: fc.Arbitrary<JsonValue> = fc.letrec<{value: JsonValue}>(tie => ({
    value: fc.oneof(
      {maxDepth: 3},
      fc.constantFrom<JsonValue>(null, true, false, 0, -0, 1, 1n, 2n ** 60n, 2 ** 60, '', '1', 'a'),
      number,
      fc.array(tie('value'), {maxLength: 2}),
      fc.dictionary(fc.constantFrom('a', 'b', 'length', 'toString'), tie('value'), {maxKeys: 2}),
    ),
  })).value;
  fc.assert(
    fc.property(small, small, (a, b) => {
      t.is(isSameJson(a, b), canonicalJson(a) === canonicalJson(b));
      t.true(isSameJson(a, structuredClone(a)));
    }),
    {numRuns: 2000},
  );
  t.false(isSameJson(undefined, null));
});

test('the key ignores the order of members', t => {
  fc.assert(
    fc.property(anyView, fc.infiniteStream(fc.nat()), (view, randomness) => {
      const shuffled = shuffle(view, randomness) as MatchingView;
      return cassetteKey(shuffled) === cassetteKey(view);
    }),
  );
  t.pass();
});

test('any other difference changes the key', t => {
  fc.assert(
    fc.property(anyView, fc.nat(1000), anyJson, (view, at, value) => {
      const changed = replaceAt(view, at, value) as MatchingView;
      return isDeepStrictEqual(changed, view) === (cassetteKey(changed) === cassetteKey(view));
    }),
    {numRuns: 1000},
  );
  t.pass();
});

const distinct: readonly (readonly [string, readonly JsonValue[]])[] = [
  ['a number, its text, and a list of it', [1, '1', [1], ['1'], {1: 1}]],
  ['absent, null, false, 0 and empty', [null, false, 0, '', [], {}]],
  ['where a text is split', [['ab', 'c'], ['a', 'bc'], ['abc'], ['ab,c'], ['ab","c']]],
  ['absent, null', [{}, {a: null}]],
  [
    'the order of a list',
    [
      [1, 2],
      [2, 1],
    ],
  ],
  ['integers beyond 2^53', [9007199254740992n, 9007199254740993n]],
  ['upper and lower case, composed and decomposed', ['é', 'e\u0301', 'É']],
  ['white space', ['a b', 'a  b', 'a\u00a0b', 'a b ']],
];

for (const [name, values] of distinct) {
  test(`different keys: ${name}`, t => {
    t.is(new Set(values.map(value => cassetteKey({value}))).size, values.length);
  });
}

const equal: readonly (readonly [string, readonly JsonValue[]])[] = [
  ['1, 1.0', [1, 1.0]],
  ['0 and -0', [0, -0]],
  ['100000000000000000000 and 1e20', [100000000000000000000n, 1e20]],
];

for (const [name, values] of equal) {
  test(`the same key: ${name}`, t => {
    t.is(new Set(values.map(value => cassetteKey({value}))).size, 1);
  });
}

const schema = (members: JsonObject): MatchingView => ({output: {type: 'json-schema', schema: members}});
const properties = (...names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, {type: 'string'}]));

test('only the properties of a schema keep their order in the key', t => {
  const keys = [
    schema({type: 'object', properties: properties('a', 'b')}),
    schema({type: 'object', properties: properties('b', 'a')}),
  ].map(cassetteKey);
  t.not(keys[0], keys[1]);
  const nested = (...names: readonly string[]) =>
    cassetteKey(schema({anyOf: [{items: {$defs: {x: {properties: properties(...names)}}}}]}));
  t.not(nested('a', 'b'), nested('b', 'a'));
  const inData = (...names: readonly string[]) =>
    cassetteKey(
      schema({default: {properties: properties(...names)}, enum: [{properties: properties(...names)}]}),
    );
  t.is(inData('a', 'b'), inData('b', 'a'));
  const named = (...names: readonly string[]) =>
    cassetteKey(schema({$defs: {properties: properties(...names)}}));
  t.is(named('type', 'const'), named('const', 'type'));
  const outside = (...names: readonly string[]) => cassetteKey({extras: {properties: properties(...names)}});
  t.is(outside('a', 'b'), outside('b', 'a'));
});

test('canonical JSON parses to the same value', t => {
  fc.assert(fc.property(anyJson, value => isDeepStrictEqual(JSON.parse(canonicalJson(value)), value)));
  t.is(canonicalJson({b: 1, a: [true, null, 'x']}), '{"a":[true,null,"x"],"b":1}');
});

function withoutMinusZero(value: JsonValue): JsonValue {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutMinusZero(member)]));
}

function shuffle(value: JsonValue, randomness: IterableIterator<number>): JsonValue {
  if (Array.isArray(value)) return value.map(item => shuffle(item, randomness));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [randomness.next().value as number, name, shuffle(member, randomness)] as const,
  );
  return Object.fromEntries([...members].sort(([a], [b]) => a - b).map(([, name, member]) => [name, member]));
}

/** The value with one member replaced. */
function replaceAt(value: JsonValue, at: number, replacement: JsonValue): JsonValue {
  let left = at;
  const visit = (current: JsonValue): JsonValue => {
    if (left-- === 0) return replacement;
    if (Array.isArray(current)) return current.map(visit);
    if (!isJsonObject(current)) return current;
    return Object.fromEntries(Object.entries(current).map(([name, member]) => [name, visit(member)]));
  };
  const changed = visit(value);
  return isJsonObject(changed) ? changed : value;
}
