import test from 'ava';
import {html} from '../../src/report/html/markup.js';

const control = (sign: string) => `<span class="control">${sign}</span>`;

test('a control mark ends before the hexadecimal digits that follow its character', t => {
  t.is(html`${'\u0001abc'}`.text, `${control('\\x01')}abc`);
  t.is(html`${'\u001b12'}`.text, `${control('\\x1b')}12`);
  t.is(html`${'\u202eff'}`.text, `${control('\\u202e')}ff`);
});

test('an escape that was recorded as text is no control mark', t => {
  t.is(html`${'\\x1b \\u202e \\n \\'}`.text, '\\x1b \\u202e \\n \\');
});
