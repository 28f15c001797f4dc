import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {findFilter} from '../../cli/input/find-filter.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const whole = [
  'npm test',
  'npx vitest run',
  'npx ava --serial',
  'python -m pytest',
  'python3.12 -m pytest tests -q',
  'node ask.mjs',
  'go test ./...',
  'yarn jest --ci',
];

const parts: Readonly<Record<string, string>> = {
  'npx vitest run -t france': '-t',
  'npx jest --testNamePattern=france': '--testNamePattern=france',
  'npx vitest run ask.mjs': 'ask.mjs',
  'pytest -k france': '-k',
  'python -m pytest -m slow': '-m',
  'pytest tests/test_a.py::test_france': 'tests/test_a.py::test_france',
  'go test -run France ./...': '-run',
  'npm test -- --shard 1/2': '--shard',
  'npm test -- ask.mjs': 'ask.mjs',
  'node --test ask.mjs': 'ask.mjs',
};

test('a command that selects a part of the tests is found by its word', async t => {
  const directory = await temporaryFolder(t);
  await mkdir(join(directory, 'tests'));
  await writeFile(join(directory, 'ask.mjs'), '');
  for (const command of whole) {
    t.is(findFilter(command.split(' '), directory), undefined, command);
    t.is(findFilter(['sh', '-c', command], directory), undefined, command);
  }
  for (const [command, word] of Object.entries(parts)) {
    t.is(findFilter(command.split(' '), directory), word, command);
    t.is(findFilter(['sh', '-c', command], directory), word, command);
  }
});
