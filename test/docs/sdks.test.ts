import {readFileSync} from 'node:fs';
import test from 'ava';
import {describeSdks} from '../sdk/contract/describe-sdks.js';

test('docs/sdks.md says what the contract tests expect', t => {
  const page = readFileSync('docs/sdks.md', 'utf8');
  const [, told] = /<!-- tested -->\n([\s\S]*)\n<!-- end of tested -->/.exec(page) ?? [];
  t.is(told, describeSdks());
});
