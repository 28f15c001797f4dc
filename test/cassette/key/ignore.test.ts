import test from 'ava';
import fc from 'fast-check';
import {createIgnorer} from '../../../src/cassette/key/ignore.js';
import type {IgnoreRule} from '../../../src/cassette/key/key-settings.js';
import type {JsonValue} from '../../../src/chat/json.js';

const ignores = test.macro({
  title: (_name, case_: string) => case_,
  exec(t, _case: string, rules: readonly IgnoreRule[], value: JsonValue, expected: JsonValue) {
    const before = structuredClone(value);
    t.deepEqual(createIgnorer(rules)(value), expected);
    t.deepEqual(value, before, 'the value that was given stays as it was');
  },
});

test(ignores, 'without rules nothing changes', [], {a: ['b', 1]}, {a: ['b', 1]});
test(ignores, 'a pointer removes a member', [{pointer: '/a/b'}], {a: {b: 1, c: 2}}, {a: {c: 2}});
test(
  ignores,
  'an object that becomes empty is removed too',
  [{pointer: '/a/b/c'}],
  {a: {b: {c: 1}}, d: 2},
  {d: 2},
);
test(ignores, 'an object that was empty before stays', [{pointer: '/x'}], {a: {}}, {a: {}});
test(ignores, 'an item of a list becomes null', [{pointer: '/a/1'}], {a: [1, 2, 3]}, {a: [1, null, 3]});
test(
  ignores,
  'a pointer into a list',
  [{pointer: '/a/0/b'}],
  {a: [{b: 1, c: 2}, {b: 1}]},
  {a: [{c: 2}, {b: 1}]},
);
test(
  ignores,
  'a pointer that matches nothing changes nothing',
  [{pointer: '/a/b/c'}, {pointer: '/z'}],
  {a: 'b'},
  {a: 'b'},
);
test(ignores, 'escapes of RFC 6901', [{pointer: '/a~1b/m~0n'}], {'a/b': {'m~n': 1, x: 2}}, {'a/b': {x: 2}});
test(ignores, 'an empty member name', [{pointer: '/a/'}], {a: {'': 1, b: 2}}, {a: {b: 2}});
test(
  ignores,
  'a list index with a leading zero matches nothing',
  [{pointer: '/a/01'}],
  {a: [1, 2]},
  {a: [1, 2]},
);
test(
  ignores,
  'a pattern masks every match, anywhere in the request',
  [{pattern: '\\d{4}-\\d{2}-\\d{2}'}],
  {a: 'from 2026-01-01 to 2026-02-02', b: [{c: '2026-03-03'}]},
  {a: 'from <ignored> to <ignored>', b: [{c: '<ignored>'}]},
);
test(ignores, 'a pattern does not match member names', [{pattern: 'a'}], {a: 'a'}, {a: '<ignored>'});
test(ignores, 'a pattern matches whole Unicode characters', [{pattern: '^.$'}], {a: '😀'}, {a: '<ignored>'});
test(ignores, 'groups of a pattern are not expanded', [{pattern: '(x)'}], {a: 'x $1'}, {a: '<ignored> $1'});
test(
  ignores,
  'rules apply one after another',
  [{pattern: 'one'}, {pattern: '<ignored> two'}, {pointer: '/b'}],
  {a: 'one two', b: 1},
  {a: '<ignored>'},
);

test('ignored values do not change the result', t => {
  const rules: IgnoreRule[] = [{pointer: '/sampling/seed'}, {pattern: 'id-\\d+'}];
  const ignore = createIgnorer(rules);
  fc.assert(
    fc.property(fc.option(fc.integer(), {nil: undefined}), fc.nat(), fc.nat(), (seed, one, two) => {
      const view = (id: number, value: number | undefined) => ({
        turns: [{text: `see id-${id}`}],
        ...(value !== undefined && {sampling: {seed: value}}),
      });
      t.deepEqual(ignore(view(one, seed)), ignore(view(two, 1)));
    }),
  );
});

test('ignoring twice is the same as ignoring once', t => {
  const ignore = createIgnorer([{pointer: '/a'}, {pointer: '/b/0'}, {pattern: '\\d+'}]);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({maxDepth: 3})), value => {
      const once = ignore(value as JsonValue);
      t.deepEqual(ignore(once), once);
    }),
  );
});
