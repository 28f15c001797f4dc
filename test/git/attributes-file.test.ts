import {existsSync} from 'node:fs';
import {lstat, mkdir, readFile, readlink, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {addAttributesLine, attributesLine, removeAttributesLine} from '../../src/git/attributes-file.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a line is written through a symbolic link, which stays a link', async t => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'shared'));
  await writeFile(join(folder, 'shared', 'attributes'), '*.png binary\n', {mode: 0o640});
  await symlink(join('shared', 'attributes'), join(folder, 'first'));
  const path = join(folder, '.gitattributes');
  await symlink('first', path);
  t.true(await addAttributesLine(path));
  t.is(await readlink(path), 'first');
  t.is(await readlink(join(folder, 'first')), join('shared', 'attributes'));
  const target = join(folder, 'shared', 'attributes');
  t.is(await readFile(target, 'utf8'), `*.png binary\n${attributesLine}\n`);
  t.is((await stat(target)).mode & 0o777, 0o640);
  t.true(await removeAttributesLine(path));
  t.is(await readFile(target, 'utf8'), '*.png binary\n');
  t.true((await lstat(path)).isSymbolicLink());
});

test('a link to a file that does not exist yet stays a link, and its target is created', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, '.gitattributes');
  await symlink('attributes', path);
  t.true(await addAttributesLine(path));
  t.is(await readlink(path), 'attributes');
  t.is(await readFile(join(folder, 'attributes'), 'utf8'), `${attributesLine}\n`);
  t.true(await removeAttributesLine(path));
  t.true((await lstat(path)).isSymbolicLink());
  t.is(await readFile(join(folder, 'attributes'), 'utf8'), '');
});

test('a file that has nothing but the line is removed with it', async t => {
  const path = join(await temporaryFolder(t), '.gitattributes');
  await addAttributesLine(path);
  t.true(await removeAttributesLine(path));
  t.false(existsSync(path));
});

test('links that lead to each other are refused', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, '.gitattributes');
  await symlink('other', path);
  await symlink('.gitattributes', join(folder, 'other'));
  await t.throwsAsync(addAttributesLine(path), {message: /symbolic links/});
});
