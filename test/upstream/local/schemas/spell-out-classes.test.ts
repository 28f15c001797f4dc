import test from 'ava';
import fc from 'fast-check';
import {spellOutClasses} from '../../../../src/upstream/local/schemas/spell-out-classes.js';

for (const [pattern, expected] of [
  ['^\\d{3}-\\d{2}$', '^[0-9]{3}-[0-9]{2}$'],
  ['^[\\w.-]+@\\w+$', '^[A-Za-z0-9_.-]+@[A-Za-z0-9_]+$'],
  ['^a\\/b\\-c$', '^a/b-c$'],
  ['^[\\-\\d]\\s?$', '^[\\-0-9][ ]?$'],
  ['^\\\\d\\.\\[d$', '^\\\\d\\.\\[d$'],
  ['^[^\\]\\d]\\d$', '^[^\\]0-9][0-9]$'],
  ['^\\D\\p{L}$', '^\\D\\p{L}$'],
] as const)
  test(`${pattern} is ${expected}`, t => {
    t.is(spellOutClasses(pattern), expected);
    t.is(spellOutClasses(expected), expected);
  });

test('law: what the new pattern matches, the old one matches, too', t => {
  const part = fc.constantFrom(
    '\\d',
    '\\w',
    '\\s',
    '[\\d-]',
    '[^\\w]',
    'a',
    '\\-',
    '\\/',
    '\\.',
    '(?:\\d|b)',
    '\\\\',
  );
  const pattern = fc
    .array(fc.tuple(part, fc.constantFrom('', '+', '?', '{2}')), {minLength: 1, maxLength: 5})
    .map(parts => `^${parts.flat().join('')}$`);
  const text = fc.array(fc.constantFrom('1', 'a', 'b', '_', ' ', '-', '/', '.', '\\', 'ä'), {maxLength: 6});
  fc.assert(
    fc.property(pattern, text, (given, characters) => {
      const asked = characters.join('');
      const isMatch = new RegExp(spellOutClasses(given)).test(asked);
      t.is(isMatch, new RegExp(given).test(asked), `${given} ${asked}`);
    }),
    {numRuns: 1000},
  );
});
