import {existsSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {makeFolder} from '../../src/files/make-folder.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a folder is made with those above it, and may be there already', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  makeFolder(join(path, '..', 'd', '.'));
  t.true(statSync(path).isDirectory());
  t.true(statSync(join(folder, 'a/b/d')).isDirectory());
});

test('the mode is that of each folder that is made', async t => {
  const folder = await temporaryFolder(t);
  makeFolder(join(folder, 'a', 'b'), {mode: 0o700});
  for (const name of ['a', 'a/b']) t.is(statSync(join(folder, name)).mode & 0o777, 0o700);
});

test('a file in the way is an error, at the end and before', async t => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  t.throws(() => makeFolder(file), {code: 'EEXIST'});
  t.throws(() => makeFolder(join(file, 'a', 'b')), {code: 'ENOTDIR'});
});

const onLinux = existsSync('/proc/self') ? test : test.skip;

onLinux('a file system that has no such folder ends it', t => {
  for (const path of ['/proc/1/nowhere', '/proc/1/nowhere/a/b', '/proc/nowhere'])
    t.throws(() => makeFolder(path), {code: 'ENOENT'});
});
