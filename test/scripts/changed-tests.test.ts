import {mkdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

type Chosen = {
  readonly all?: string;
  readonly tests?: readonly {readonly file: string; readonly because: string}[];
  readonly unknown?: readonly string[];
};
type Script = {
  changedTests(root: string, revision?: string): Chosen & {readonly base: string};
  describeChanged(chosen: Chosen): string;
};

const script = fileURLToPath(new URL('../../../scripts/changed-tests.mjs', import.meta.url));
const {changedTests, describeChanged} = (await import(script)) as Script;

/** A project with its build: `a` imports `b`, one test imports `a`, one starts the command, one reads a page. */
const files = {
  'src/a.ts': '',
  'src/b.ts': '',
  'src/alone.ts': '',
  'cli/main.ts': '',
  'docs/page.md': '',
  'docs/other.md': '',
  'test/fixtures/program.mjs': '',
  'package.json': '{}',
  'scripts/build.mjs': '',
  '.gitignore': 'dist/\n',
  'dist/src/a.js': "import {b} from './b.js';",
  'dist/src/b.js': '',
  'dist/src/alone.js': '',
  'dist/cli/main.js': "const load = () => import('../src/a.js');",
  'dist/bin/retake.js': '',
  'dist/test/support/start.js': "new URL('../../bin/retake.js', import.meta.url);",
  'dist/test/a.test.js': "import '../src/a.js';",
  'dist/test/cli.test.js': "import {start} from './support/start.js';",
  'dist/test/page.test.js': "readFileSync('docs/page.md');",
  'dist/test/docs/all.test.js': '',
  'dist/test/fixture.test.js': "new URL('../../test/fixtures/program.mjs', import.meta.url)",
  'dist/test/layers.test.js': "readdirSync('src')",
};

async function project(t: ExecutionContext) {
  const root = await temporaryFolder(t);
  const write = async (file: string, content: string) => {
    await mkdir(dirname(join(root, file)), {recursive: true});
    await writeFile(join(root, file), content);
  };
  const git = (...command: readonly string[]) =>
    execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...command], {cwd: root});
  for (const [file, content] of Object.entries(files)) await write(file, content);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  return {root, write, git, remove: (file: string) => rm(join(root, file))};
}

const names = ({tests = []}: Chosen) => tests.map(({file}) => file.replace(/^dist\/test\/|\.test\.js$/g, ''));

test('without a change, no test is chosen', async t => {
  const {root} = await project(t);
  t.deepEqual(names(changedTests(root)), []);
});

for (const [file, expected] of Object.entries({
  'src/a.ts': ['a', 'cli', 'layers'],
  'src/b.ts': ['a', 'cli', 'layers'],
  'cli/main.ts': ['cli'],
  'docs/page.md': ['docs/all', 'page'],
  'docs/other.md': ['docs/all'],
  'test/fixtures/program.mjs': ['fixture'],
}))
  test(`a change of ${file} chooses ${expected.join(', ')}`, async t => {
    const {root, write, git} = await project(t);
    await write(file, '// changed');
    t.deepEqual(names(changedTests(root)), expected);
    await git('switch', '--quiet', '-c', 'branch');
    await git('commit', '--quiet', '-am', 'second');
    t.deepEqual(names(changedTests(root)), expected, 'on a branch');
    t.deepEqual(names(changedTests(root, 'HEAD')), [], 'since the last commit');
    t.deepEqual(names(changedTests(root, 'HEAD~1')), expected, 'since the one before');
  });

test('a file that git does not know yet, and one that is gone, are changes', async t => {
  const {root, write, remove} = await project(t);
  await write('src/new.ts', '');
  await write('dist/src/new.js', '');
  await write('dist/test/new.test.js', "import '../src/new.js';");
  t.deepEqual(names(changedTests(root)), ['layers', 'new']);
  await remove('src/b.ts');
  t.deepEqual(names(changedTests(root)), ['a', 'cli', 'layers', 'new']);
});

for (const file of ['package.json', 'scripts/build.mjs'])
  test(`a change of ${file} chooses every test`, async t => {
    const {root, write} = await project(t);
    await write(file, '\n');
    const chosen = changedTests(root);
    t.is(chosen.all, file);
    t.regex(describeChanged(chosen), new RegExp(`every test, because ${file} changed`));
  });

test('the reasons are printed, and the files that no test depends on', async t => {
  const {root, write} = await project(t);
  await write('src/a.ts', '// changed');
  await write('src/b.ts', '// changed');
  await write('Dockerfile', '');
  const text = describeChanged(changedTests(root));
  t.regex(text, /^Changed since [0-9a-f]{10}: 3 test files\.\n/);
  t.regex(text, /\n {2}dist\/test\/a\.test\.js: src\/a\.ts and 1 more\n/);
  t.regex(text, /\nNo test depends on Dockerfile\.\n/);
});

test('an unknown revision is an error', async t => {
  const {root} = await project(t);
  t.throws(() => changedTests(root, 'nowhere'), {message: /expected a git revision, got "nowhere"/});
  t.throws(() => changedTests(root, '--all'), {message: /expected a git revision/});
});
