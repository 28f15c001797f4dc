import {readFileSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';

const readme = readFileSync('README.md', 'utf8');

test('the examples of the README print the output in the README', async t => {
  const examples = [...readme.matchAll(/```\n\$ npx retake (run .*)\n([\s\S]*?)```/g)];
  t.is(examples.length, 2);
  for (const [, command = '', output = ''] of examples) {
    const run = await execa('node', ['dist/bin/retake.js', ...command.split(' ')], {env: {NO_COLOR: '1'}});
    const [verdict] = run.stderr.split('\n');
    t.is(`${run.stdout}\n${verdict}\n`, output);
  }
});

test('the README fits on a few screens', t => {
  t.true(readme.split('\n').length <= 201, `${readme.split('\n').length} lines`);
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
