import {readFileSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';
import {settingsTable} from '../src/config/settings-table.js';

const readme = readFileSync('README.md', 'utf8');

test('the README lists the current settings', t => {
  const [, table] = /<!-- settings -->\n([\s\S]*)\n<!-- end of settings -->/.exec(readme) ?? [];
  t.is(table, settingsTable(), 'run `node scripts/write-settings.mjs` after a build');
});

test('the examples of the README print the output in the README', async t => {
  const examples = [...readme.matchAll(/```\n\$ npx retake (run .*)\n([\s\S]*?)```/g)];
  t.is(examples.length, 2);
  for (const [, command = '', output = ''] of examples) {
    const run = await execa('node', ['dist/bin/retake.js', ...command.split(' ')], {env: {NO_COLOR: '1'}});
    const [verdict] = run.stderr.split('\n');
    t.is(`${run.stdout}\n${verdict}\n`, output);
  }
});

test('every file that the README links to exists', t => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);
  t.true(targets.length > 5);
  t.deepEqual(
    targets.filter(target => !exists(target)),
    [],
  );
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    // Whatever the reason, a reader cannot open it either.
    return false;
  }
}
