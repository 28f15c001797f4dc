import {chmodSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {recordingOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const player = fileURLToPath(new URL('../../fixtures/bin/play-takes.js', import.meta.url));

test('replaying leaves a work tree clean', async t => {
  const {folder, path} = await committedCassette(t);
  t.deepEqual(await play(path, 'replay', 'Hi', 'What?'), ['Hello', 'nothing']);
  t.is(await git(folder, 'status', '--porcelain', '--ignored'), '');
  t.deepEqual(readdirSync(join(folder, 'cassettes')), ['a.cassette']);
});

test('replaying in a mode that could record leaves a work tree clean as well', async t => {
  const {folder, path} = await committedCassette(t);
  t.deepEqual(await play(path, 'auto', 'Hi'), ['Hello']);
  t.is(await git(folder, 'status', '--porcelain', '--ignored'), '');
});

test('recording leaves only files to commit in a work tree', async t => {
  const {folder, path} = await committedCassette(t);
  t.deepEqual(await play(path, 'auto', 'Hi', 'What?'), ['Hello', 'nothing']);
  t.is(await git(folder, 'status', '--porcelain'), ' M cassettes/a.cassette');
});

test('replaying works in a folder without write permission, and leaves no trace', async t => {
  const {folder, path} = await committedCassette(t);
  makeReadOnly(t, folder);
  t.deepEqual(await playUnprivileged(path, 'replay', 'Hi', 'What?'), ['Hello', 'nothing']);
  t.deepEqual(readdirSync(join(folder, 'cassettes')), ['a.cassette']);
});

test('recording in a folder without write permission fails with a clear error', async t => {
  const {folder, path} = await committedCassette(t);
  makeReadOnly(t, folder);
  const [hit, error, ...more] = await playUnprivileged(path, 'auto', 'Hi', 'What?');
  t.is(hit, 'Hello');
  t.regex(
    error ?? '',
    /^cassette_write_failed: The cassette .*a\.cassette cannot be written: its folder is read-only/,
  );
  t.deepEqual(more, []);
  t.deepEqual(readdirSync(join(folder, 'cassettes')), ['a.cassette']);
});

test('a cassette without read permission is refused with a clear error', async t => {
  const {folder, path} = await committedCassette(t);
  makeReadOnly(t, folder);
  chmodSync(path, 0o000);
  const [error] = await playUnprivileged(path, 'replay', 'Hi');
  t.regex(error ?? '', /^cassette_invalid: The cassette .*a\.cassette cannot be read \(EACCES\)/);
});

/** A git repository with a committed cassette that answers "Hi" with "Hello". */
async function committedCassette(t: ExecutionContext): Promise<{folder: string; path: string}> {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, 'cassettes'));
  const path = join(folder, 'cassettes', 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.close();
  await execa('rm', ['-r', join(folder, 'cassettes', '.retake')]);
  writeFileSync(join(folder, 'README'), 'A project.\n');
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '.');
  await git(
    folder,
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.com',
    'commit',
    '--quiet',
    '-m',
    'Begin',
  );
  return {folder, path};
}

async function git(folder: string, ...words: string[]): Promise<string> {
  const {stdout} = await execa('git', words, {cwd: folder, stripFinalNewline: true});
  return stdout;
}

function makeReadOnly(t: ExecutionContext, folder: string): void {
  const folders = [folder, join(folder, 'cassettes')];
  for (const one of folders) chmodSync(one, 0o555);
  t.teardown(() => {
    for (const one of folders) chmodSync(one, 0o755);
  });
}

async function play(path: string, ...words: string[]): Promise<string[]> {
  const {stdout} = await execa('node', [player, path, ...words]);
  return stdout.split('\n');
}

/** Runs as a user who is subject to file permissions: root bypasses them. */
async function playUnprivileged(path: string, ...words: string[]): Promise<string[]> {
  if (process.getuid?.() !== 0) return play(path, ...words);
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const {stdout} = await execa('setpriv', [...nobody, 'node', player, path, ...words]);
  return stdout.split('\n');
}
