import test from 'ava';
import fc from 'fast-check';
import type {IgnoreRule} from '../../src/cassette/key/key-settings.js';
import {withIgnoreRules} from '../../src/config/edit-config-file.js';

const rule: IgnoreRule = {pattern: String.raw`\d+`};
const written = String.raw`{"pattern": "\\d+"}`;

const edits = test.macro({
  title: (_title = '', before: string) => `a rule is added to ${JSON.stringify(before)}`,
  exec(t, before: string, after: string) {
    t.is(withIgnoreRules(before, [rule], 'file'), after);
  },
});

test(edits, '{}', `{\n  "ignore": [${written}]\n}`);
test(edits, '{}\n', `{\n  "ignore": [${written}]\n}\n`);
test(edits, '{"port": 1}', `{"port": 1, "ignore": [${written}]}`);
test(edits, '{\n  "port": 1\n}\n', `{\n  "port": 1,\n  "ignore": [${written}]\n}\n`);
test(edits, '{\r\n\t"port": 1\r\n}\r\n', `{\r\n\t"port": 1,\r\n\t"ignore": [${written}]\r\n}\r\n`);
test(edits, '{"ignore": []}', `{"ignore": [${written}]}`);
test(edits, '{"ignore": ["uuid"], "port": 1}', `{"ignore": ["uuid", ${written}], "port": 1}`);
test(edits, '{\n  "ignore": [\n    "uuid"\n  ]\n}', `{\n  "ignore": [\n    "uuid",\n    ${written}\n  ]\n}`);
test(edits, '\uFEFF{"a": 1}', `\uFEFF{"a": 1, "ignore": [${written}]}`);
test(edits, `{"ignore": [{"pattern":"\\\\d+"}]}`, `{"ignore": [{"pattern":"\\\\d+"}]}`);
test(
  edits,
  '{"a": {"ignore": []}, "b": "ignore"}',
  `{"a": {"ignore": []}, "b": "ignore", "ignore": [${written}]}`,
);

test('whatever the file has, it keeps: order, numbers, spaces and line breaks', t => {
  const spaces = fc.constantFrom('', ' ', '\t', '\n', '\r\n  ');
  const files = fc
    .tuple(
      fc.dictionary(
        fc.string().filter(name => name !== '__proto__'),
        fc.jsonValue(),
        {noNullPrototype: true},
      ),
      fc.option(fc.array(fc.constantFrom<IgnoreRule>('uuid', 'iso-date', {pointer: '/x'}))),
      fc.constantFrom<number | string>(0, 2, '\t'),
      spaces,
      spaces,
    )
    .map(([settings, ignore, indent, before, after]) => {
      const given = ignore === null ? settings : {...settings, ignore};
      return `${before}${JSON.stringify(given, null, indent)}${after}`;
    })
    .filter(text => Array.isArray(JSON.parse(text).ignore ?? []));
  const rules = fc.uniqueArray(
    fc.string({minLength: 1}).map((pattern): IgnoreRule => ({pattern})),
    {minLength: 1, maxLength: 3, selector: value => JSON.stringify(value)},
  );
  fc.assert(
    fc.property(files, rules, (text, added) => {
      const edited = withIgnoreRules(text, added, 'file');
      const [old, current] = [JSON.parse(text), JSON.parse(edited)];
      t.deepEqual(current, {...old, ignore: [...(old.ignore ?? []), ...added]});
      // One insertion, and nothing else.
      let same = 0;
      while (same < text.length && text[same] === edited[same]) same++;
      t.true(edited.endsWith(text.slice(same)), JSON.stringify([text, edited]));
      t.is(withIgnoreRules(edited, added, 'file'), edited);
    }),
    {numRuns: 300},
  );
});
