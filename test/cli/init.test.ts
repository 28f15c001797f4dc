import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {attributesLine} from '../../src/git/attributes-file.js';
import {onTerminal} from '../support/on-terminal.js';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

async function project(t: ExecutionContext, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await temporaryFolder(t);
  await execa('git', ['init', '--quiet'], {cwd: directory});
  await execa('git', ['remote', 'add', 'origin', 'https://github.com/owner/name.git'], {cwd: directory});
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

/** The text of every file outside `.git`. */
async function textsIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true});
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const named = files.map(file => file.slice(directory.length + 1)).filter(name => !name.startsWith('.git/'));
  return Object.fromEntries(
    await Promise.all(named.sort().map(async name => [name, await readFile(join(directory, name), 'utf8')])),
  ) as Record<string, string>;
}

const withVitest = JSON.stringify(
  {name: 'app', devDependencies: {vitest: '4'}, scripts: {build: 'tsc'}},
  null,
  '\t',
);

test('`init --yes` writes settings, attributes, a script and a workflow, and says so', async t => {
  const directory = await project(t, {'package.json': `${withVitest}\n`, 'pnpm-lock.yaml': ''});
  const {exitCode, stdout, stderr} = await retake(t, ['init', '--yes'], {directory});
  t.is(exitCode, 0);
  t.is(stderr, '');
  const texts = await textsIn(directory);
  t.deepEqual(JSON.parse(texts['retake.config.json'] ?? ''), {
    $schema: './node_modules/retake/retake.config.schema.json',
    cassette: 'cassettes',
  });
  t.is(texts['.gitattributes'], `${attributesLine}\n`);
  const changed = JSON.parse(texts['package.json'] ?? '');
  t.deepEqual(changed.scripts, {build: 'tsc', 'test:retake': 'retake run -- vitest run'});
  t.is(texts['package.json'], `${JSON.stringify(changed, null, '\t')}\n`, 'indented as before');
  const workflow = texts['.github/workflows/retake.yml'] ?? '';
  t.regex(workflow, /- run: corepack enable && pnpm install --frozen-lockfile\n/);
  t.regex(workflow, /- run: pnpm run test:retake\n/);
  t.regex(stdout, /^created {2}retake\.config\.json: /m);
  t.regex(stdout, /^created {2}\.gitattributes: /m);
  t.regex(stdout, /^changed {2}package\.json: the script `test:retake`/m);
  t.regex(stdout, /^created {2}\.github\/workflows\/retake\.yml: /m);
  t.regex(stdout, /^ {2}pnpm run test:retake /m);
});

test('a second run changes nothing', async t => {
  const directory = await project(t, {'package.json': withVitest});
  await retake(t, ['init', '--yes'], {directory});
  const before = await textsIn(directory);
  const {exitCode, stdout} = await retake(t, ['init', '--yes'], {directory});
  t.is(exitCode, 0);
  t.deepEqual(await textsIn(directory), before);
  t.notRegex(stdout, /^(created|changed)/m);
  t.is(stdout.match(/^kept /gm)?.length, 4);
});

test('files of the user stay: settings are kept, attributes are added to', async t => {
  const directory = await project(t, {
    'retake.config.json': '{"cassette": "mine"}',
    '.gitattributes': '*.png binary',
  });
  await retake(t, ['init', '--yes'], {directory});
  const texts = await textsIn(directory);
  t.is(texts['retake.config.json'], '{"cassette": "mine"}');
  t.is(texts['.gitattributes'], `*.png binary\n${attributesLine}\n`);
});

const finds = test.macro({
  title: (_, files: Record<string, string>, command: string) =>
    `${Object.keys(files)}: the tests are run by ${command}`,
  async exec(t, files: Record<string, string>, command: string) {
    const directory = await project(t, files);
    const {stdout} = await retake(t, ['init', '--yes'], {directory});
    t.true(stdout.includes(`  ${command} `), stdout);
    const workflow = await readFile(join(directory, '.github/workflows/retake.yml'), 'utf8');
    t.true(workflow.includes(`- run: ${command}\n`), workflow);
  },
});

test(finds, {'pyproject.toml': '[tool.pytest.ini_options]'}, 'npx retake run -- pytest');
test(finds, {'go.mod': 'module app'}, 'npx retake run -- go test ./...');
test(finds, {'package.json': '{"scripts": {"test": "node --test"}}'}, 'npm run test:retake');
test(finds, {'package.json': '{"devDependencies": {"jest": "30"}}', 'yarn.lock': ''}, 'yarn run test:retake');
test(finds, {}, 'npx retake run -- COMMAND');

test('without GitHub, no workflow is written', async t => {
  const directory = await temporaryFolder(t);
  await retake(t, ['init', '--yes'], {directory});
  t.deepEqual(Object.keys(await textsIn(directory)), ['.gitattributes', 'retake.config.json']);
});

test('a damaged package.json is an error, and nothing is written', async t => {
  const directory = await project(t, {'package.json': '{'});
  const {exitCode, stderr} = await retake(t, ['init', '--yes'], {directory});
  t.is(exitCode, 2);
  t.regex(stderr, /^retake: package\.json cannot be read: /);
  t.deepEqual(Object.keys(await textsIn(directory)), ['package.json']);
});

test('`--json` lists the files', async t => {
  const directory = await project(t);
  const {stdout} = await retake(t, ['init', '--json'], {directory});
  t.like(JSON.parse(stdout), {version: 1, files: [{path: 'retake.config.json', action: 'created'}]});
});

test('on a terminal it asks three questions, and takes the answers', async t => {
  const directory = await project(t, {'package.json': withVitest});
  const {stdout, exitCode} = await onTerminal(
    [process.execPath, retakeProgram, 'init'],
    {prompt: '): ', answers: ['recordings', '', 'no']},
    {cwd: directory},
  );
  t.is(exitCode, 0, stdout);
  for (const question of [
    'Folder for the cassettes',
    'Command that runs your tests',
    'Write a GitHub workflow?',
  ])
    t.true(stdout.includes(question), stdout);
  const texts = await textsIn(directory);
  t.like(JSON.parse(texts['retake.config.json'] ?? ''), {cassette: 'recordings'});
  t.is(JSON.parse(texts['package.json'] ?? '').scripts['test:retake'], 'retake run -- vitest run');
  t.is(texts['.github/workflows/retake.yml'], undefined);
});
