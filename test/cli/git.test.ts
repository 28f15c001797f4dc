import {existsSync} from 'node:fs';
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {writeCassette} from '../support/cassette-files.js';
import {gitRepository} from '../support/git-repository.js';
import {recordingOf} from '../support/recordings.js';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';
const line = '*.cassette diff=retake merge=retake -text';

test('`git install` sets up a clone, prints what it changed, and changes nothing the second time', async t => {
  const {directory, git} = await gitRepository(t);
  const first = await retake(t, ['git', 'install'], {directory});
  t.is(first.exitCode, 0);
  t.regex(first.stdout, /^\.gitattributes: added \*\.cassette diff=retake merge=retake -text\n/);
  t.regex(first.stdout, /\ngit config: diff\.retake\.textconv = \S*retake\.js textconv\n/);
  const config = await git('config', '--local', '--list');
  const second = await retake(t, ['git', 'install'], {directory});
  t.regex(second.stdout, /^Everything is installed/);
  t.is(await git('config', '--local', '--list'), config);
  t.is(await readFile(join(directory, '.gitattributes'), 'utf8'), `${line}\n`);
});

test('`git status` exits with 1 until everything is set up, and names a line that overrides ours', async t => {
  const {directory} = await gitRepository(t);
  const missing = await retake(t, ['git', 'status'], {directory});
  t.is(missing.exitCode, 1);
  t.regex(missing.stdout, /^missing {2}\.gitattributes/);
  await retake(t, ['git', 'install'], {directory});
  t.is((await retake(t, ['git', 'status'], {directory})).exitCode, 0);
  await mkdir(join(directory, 'sub'));
  await writeFile(join(directory, 'sub', '.gitattributes'), '*.cassette binary\n');
  await writeFile(join(directory, 'sub', 'a.cassette'), '');
  const overridden = await retake(t, ['git', 'status', '--json'], {directory});
  t.is(overridden.exitCode, 1);
  t.deepEqual((JSON.parse(overridden.stdout) as {overridden: string[]}).overridden, [
    'sub/a.cassette: diff is unset',
    'sub/a.cassette: merge is unset',
  ]);
});

test('`git install` works in a subfolder, overrides an older line, and `uninstall` restores the previous state', async t => {
  const {directory, git} = await gitRepository(t);
  const before = '*.png binary\r\n*.cassette binary';
  await writeFile(join(directory, '.gitattributes'), before);
  await mkdir(join(directory, 'deep', 'er'), {recursive: true});
  const config = await git('config', '--local', '--list');
  const inside = {directory: join(directory, 'deep', 'er')};
  await retake(t, ['git', 'install'], inside);
  t.is(await readFile(join(directory, '.gitattributes'), 'utf8'), `${before}\r\n${line}\r\n`);
  t.is((await retake(t, ['git', 'status'], inside)).exitCode, 0);
  const {stdout} = await retake(t, ['git', 'uninstall'], inside);
  t.regex(stdout, /^\.gitattributes: removed .*\ngit config: removed diff\.retake \(2 entries\)\n/);
  t.is(await readFile(join(directory, '.gitattributes'), 'utf8'), `${before}\r\n`);
  t.is(await git('config', '--local', '--list'), config);
  t.regex((await retake(t, ['git', 'uninstall'], inside)).stdout, /^Nothing is installed/);
});

test('`uninstall` removes the file that `install` created', async t => {
  const {directory} = await gitRepository(t);
  await retake(t, ['git', 'install'], {directory});
  await retake(t, ['git', 'uninstall'], {directory});
  t.false(existsSync(join(directory, '.gitattributes')));
});

test('git shows cassettes as text, with the interaction in the hunk header, in every work tree', async t => {
  const {directory, git, commit} = await gitRepository(t);
  const program = join(await temporaryFolder(t), "it's a folder");
  await mkdir(program);
  await symlink(retakeProgram, join(program, 'retake'));
  await execa(process.execPath, [join(program, 'retake'), 'git', 'install'], {cwd: directory});
  const path = join(directory, 'with space.cassette');
  await writeCassette(path, [recordingOf(france, 'Line one.\nParis.')]);
  await commit('Record');
  t.regex(await git('show'), /\n\+interaction "What is the capital of France\?"\n\+user\n/);
  const cassette = [recordingOf(france, 'Line one.\nIt is Paris.', 0)];
  await writeCassette(path, cassette);
  const changed = await git('diff', '--unified=0');
  t.regex(
    changed,
    /\n@@ .* @@ interaction "What is the capital of France\?"\n- {2}Paris\.\n\+ {2}It is Paris\.$/,
  );
  await commit('Record anew');
  await git('worktree', 'add', '--quiet', join(directory, 'tree'), '-b', 'other');
  const log = await execa('git', ['log', '--patch', '--max-count=1'], {
    cwd: join(directory, 'tree'),
    env: {GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'},
  });
  t.regex(log.stdout, /\n\+ {2}It is Paris\.\n/);
});

test('outside a repository there is an error, and nothing is written', async t => {
  const directory = await temporaryFolder(t);
  const {exitCode, stderr} = await retake(t, ['git', 'install'], {directory});
  t.is(exitCode, 1);
  t.regex(stderr, /^retake: There is no git work tree at /);
  t.false(existsSync(join(directory, '.gitattributes')));
});

test('an invalid option of `git install` is a usage error', async t => {
  t.is((await retake(t, ['git', 'install', '--nonsense'])).exitCode, 2);
});
