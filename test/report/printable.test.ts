import test from 'ava';
import fc from 'fast-check';
import {printable, printableLine} from '../../src/report/printable.js';

const escaped = test.macro({
  title: (_, text: string) => `${JSON.stringify(text)} is made safe for a terminal`,
  exec(t, text: string, expected: string) {
    t.is(printable(text), expected);
  },
});
test(escaped, 'plain, café, 日本語, 🙂', 'plain, café, 日本語, 🙂');
test(escaped, 'a\n\tb', 'a\n\tb');
test(escaped, '\u001b[31mred', '\\x1b[31mred');
test(escaped, '\u009b31mred', '\\x9b31mred');
test(escaped, 'over\rwritten', 'over\\rwritten');
test(escaped, 'abc\u202etxt.exe', 'abc\\u202etxt.exe');
test(escaped, 'zero\u200bwidth\ufeff, soft\u00adhyphen', 'zero\\u200bwidth\\ufeff, soft\\xadhyphen');
test(escaped, '👩\u200d💻', '👩\u200d💻');
test(escaped, '\u0000\u0007\u007f', '\\x00\\x07\\x7f');

test('a line has no line breaks and no tabs', t => {
  t.is(printableLine('a\nb\tc\r\n'), 'a\\nb\\tc\\r\\n');
});

test('no control character is left in any text', t => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), text => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
      return !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(printableLine(text));
    }),
  );
  t.pass();
});
