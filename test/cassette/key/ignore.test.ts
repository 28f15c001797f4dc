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

const dates: readonly IgnoreRule[] = [{pattern: '\\d{4}-\\d{2}-\\d{2}', number: true}];
test(
  ignores,
  'numbered masks: equal values stay equal, different ones different, by first appearance',
  dates,
  {a: 'from 2026-02-02 to 2026-01-01', b: ['2026-02-02', {c: '2026-03-03'}]},
  {a: 'from <ignored:1> to <ignored:2>', b: ['<ignored:1>', {c: '<ignored:3>'}]},
);
test(
  ignores,
  'numbers follow the place in the request, and not the order of the rules',
  [
    {pattern: 'b+', number: true},
    {pattern: 'a+', number: true},
  ],
  {x: 'aa bb', y: 'a b'},
  {x: '<ignored:1> <ignored:2>', y: '<ignored:3> <ignored:4>'},
);
test(
  ignores,
  'a rule of numbers does not match within masks and placeholders',
  [{pattern: 'x', number: true}, {pattern: '\\d+', number: true}, {pattern: 'y'}],
  {a: 'x 1 <redacted:api-key:7> y x 22 1'},
  {a: '<ignored:1> <ignored:2> <redacted:api-key:7> <ignored> <ignored:1> <ignored:3> <ignored:2>'},
);
test(ignores, 'nothing is not masked', [{pattern: 'x*', number: true}], {a: 'axb'}, {a: 'a<ignored:1>b'});

const named = test.macro({
  title: (_name, rule: string) => `the rule ${rule}`,
  exec(t, rule: Extract<IgnoreRule, string>, cases: Readonly<Record<string, string>>) {
    for (const [text, expected] of Object.entries(cases)) t.is(createIgnorer([rule])(text), expected);
  },
});
test(named, 'uuid', {
  'id 123e4567-e89b-12d3-a456-426614174000.': 'id <ignored:1>.',
  'two 123E4567-e89b-12d3-a456-426614174000, 00000000-0000-0000-0000-000000000000':
    'two <ignored:1>, <ignored:2>',
  'no 123e4567-e89b-12d3-a456-4261741740001': 'no 123e4567-e89b-12d3-a456-4261741740001',
});
test(named, 'iso-date', {
  'on 2026-11-29, 2026-11-30 and 2026-11-29': 'on <ignored:1>, <ignored:2> and <ignored:1>',
  '2026-11-29T09:08:40Z': '<ignored:1>T09:08:40Z',
  '2026-13-01 12026-11-29 2026-11-290': '2026-13-01 12026-11-29 2026-11-290',
});
test(named, 'iso-time', {
  'at 09:08:40': 'at <ignored:1>',
  '2026-11-29T09:08:40.123Z': '2026-11-29T<ignored:1>',
  '2026-11-29T09:08+02:00': '2026-11-29T<ignored:1>',
  'at 9:08, 10:30 or 25:00:00': 'at 9:08, 10:30 or 25:00:00',
});
test('the rules iso-date and iso-time mask a timestamp together, in either order', t => {
  const text = 'it is 2026-11-29T09:08:40Z now';
  t.is(createIgnorer(['iso-date', 'iso-time'])(text), 'it is <ignored:1>T<ignored:2> now');
  t.is(createIgnorer(['iso-time', 'iso-date'])(text), 'it is <ignored:1>T<ignored:2> now');
});
test(named, 'unix-time', {
  'at 1795944258 or 1795944258123': 'at <ignored:1> or <ignored:2>',
  'at 1795944258.5': 'at <ignored:1>',
  '123 2095944258 17959442581 179594425812345678901': '123 2095944258 17959442581 179594425812345678901',
});
test(named, 'temp-path', {
  'open "/tmp/pytest-1/a b"': 'open "<ignored:1> b"',
  'see /private/var/folders/zz/abc123/T/x.txt, /var/tmp/y': 'see <ignored:1>, <ignored:2>',
  'C:\\Users\\me\\AppData\\Local\\Temp\\x.txt': '<ignored:1>',
  '/home/tmp/x and a/tmp/x': '/home/tmp/x and a/tmp/x',
});
test(named, 'agent-noise', {
  '<env>\nWorking directory: /home/a/b\nPlatform: linux\n</env>':
    '<env>\nWorking directory: <ignored:1>\nPlatform: linux\n</env>',
  '<cwd>/home/a</cwd> in <cwd>/home/b</cwd>': '<cwd><ignored:1></cwd> in <cwd><ignored:2></cwd>',
  "I'm currently working in the directory: /a/b\nnext":
    "I'm currently working in the directory: <ignored:1>\nnext",
  'gitStatus: This is the git status at the start of the conversation. It is a snapshot.\n\nStatus:\nM a\n\nRecent commits:\n1a2b3c4 Do it\n5d6e7f8 Do more\n\nBe kind.':
    'gitStatus: <ignored:1>\nBe kind.',
  'PID: 4711 and pid 12': 'PID: <ignored:1> and pid <ignored:2>',
  'Process Group PGID: 4711': 'Process Group PGID: <ignored:1>',
  '# gitStatus\nThis is the git status at the start of the conversation. Note.\n\nStatus:\n(clean)\n\nRecent commits:\n1a2b3c4 Start\n\nClaude Code attached this.':
    '# gitStatus\n<ignored:1>\nClaude Code attached this.',
  'You have a persistent file-based memory at `/home/a/.claude/projects/-b/memory/`. It':
    'You have a persistent file-based memory at `<ignored:1>`. It',
  '<cwd>/a</cwd><timezone>Asia/Tokyo</timezone><workspace_roots><root>/a</root></workspace_roots>':
    '<cwd><ignored:1></cwd><timezone><ignored:2></timezone><workspace_roots><root><ignored:1></root></workspace_roots>',
  '### Roots\n- `r0` = `/home/a/.codex/skills/.system`\n': '### Roots\n- `r0` = `<ignored:1>`\n',
  'Chunk ID: 0a1b2c\nWall time: 0.0521 seconds\nOutput:\nWall time 12 seconds':
    'Chunk ID: <ignored:1>\nWall time: <ignored:2> seconds\nOutput:\nWall time <ignored:2> seconds',
  '**Private Project Memory** (`/home/a/.gemini/tmp/b/memory/MEMORY.md`): notes':
    '**Private Project Memory** (`<ignored:1>`): notes',
  '- **Workspace Directories:**\n  - /a/b\n  - /c\n- **Directory Structure:**\n\nShowing up to 200 items.\n\n/a/b/\n├───notes.txt\n└───.git/...\n':
    '- **Workspace Directories:**\n<ignored:1>- **Directory Structure:**\n\nShowing up to 200 items.\n\n<ignored:2>\n├───notes.txt\n└───.git/...\n',
});

test('law: two texts have the same masked form exactly if one becomes the other by renaming its values', t => {
  const value = fc.constantFrom('2026-01-01', '2026-02-02', '2026-03-03');
  const texts = fc.array(fc.array(fc.oneof(value, fc.constantFrom('and', 'to')), {maxLength: 4}), {
    maxLength: 3,
  });
  /** Each value by the number of the first place where it stands. */
  const shape = (lists: readonly (readonly string[])[]) => {
    const seen: string[] = [];
    return JSON.stringify(
      lists.map(words =>
        words.map(word => {
          if (!/^\d/.test(word)) return word;
          if (!seen.includes(word)) seen.push(word);
          return seen.indexOf(word);
        }),
      ),
    );
  };
  const mask = createIgnorer(dates);
  fc.assert(
    fc.property(texts, texts, (left, right) => {
      const masked = [left, right].map(lists => JSON.stringify(mask(lists.map(words => words.join(' ')))));
      t.is(masked[0] === masked[1], shape(left.map(joined)) === shape(right.map(joined)));
    }),
  );
});

/** A list without words is an empty text, as is one with an empty word. */
function joined(words: readonly string[]): readonly string[] {
  return words.length === 0 ? [''] : words;
}

test('law: masking twice changes nothing', t => {
  const mask = createIgnorer([...dates, 'uuid', {pattern: 'x+'}]);
  const text = fc.string({unit: fc.constantFrom('x', ' ', '2026-01-01', '<ignored>', '<', 'é')});
  fc.assert(
    fc.property(fc.array(text), value => {
      const once = mask(value);
      t.deepEqual(mask(once), once);
    }),
  );
});
