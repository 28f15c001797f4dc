import test from 'ava';
import fc from 'fast-check';
import {isCassetteName} from '../../src/cassette/cassette-name.js';
import {cassetteNameOf} from '../../src/kits/cassette-names.js';

test('usual paths stay readable', t => {
  t.is(cassetteNameOf('src/chat.test.ts'), 'src_chat.test.ts');
  t.is(cassetteNameOf('src\\chat.test.ts'), 'src_chat.test.ts');
  t.regex(cassetteNameOf('src/my_chat.test.ts'), /^src-my-chat\.test\.ts_[0-9a-f]{12}$/);
  t.regex(cassetteNameOf('../other/a b.test.ts'), /^other-a-b\.test\.ts_[0-9a-f]{12}$/);
  t.regex(cassetteNameOf('con.test.ts'), /^test-con\.test\.ts_[0-9a-f]{12}$/);
});

const segment = fc.oneof(
  fc.string({unit: 'grapheme', minLength: 1, maxLength: 30}),
  fc.constantFrom(
    'src',
    'a.b',
    'a_b',
    'a-b',
    'con',
    'nul.ts',
    '..',
    '.hidden',
    'x.',
    'x.cassette',
    'COM1.test.ts',
  ),
);
const path = fc.array(segment, {minLength: 1, maxLength: 8}).map(segments => segments.join('/'));

test('the name of any path is a valid cassette name', t => {
  fc.assert(
    fc.property(path, given => isCassetteName(cassetteNameOf(given))),
    {numRuns: 2000},
  );
  t.pass();
});

test('two paths have two names', t => {
  const normal = (given: string) => given.replaceAll('\\', '/');
  fc.assert(
    fc.property(path, path, (a, b) => normal(a) === normal(b) || cassetteNameOf(a) !== cassetteNameOf(b)),
    {numRuns: 5000},
  );
  t.not(cassetteNameOf('a/b_c'), cassetteNameOf('a_b/c'));
  t.not(cassetteNameOf('a/b'), cassetteNameOf('a_b'));
});
