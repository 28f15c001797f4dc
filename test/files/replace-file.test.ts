import {chmodSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {replaceFile} from '../../src/files/replace-file.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a finished file replaces another and keeps its permissions', async t => {
  const folder = await temporaryFolder(t);
  const [finished, target] = [join(folder, 'finished'), join(folder, 'target')];
  writeFileSync(target, 'old');
  chmodSync(target, 0o640);
  writeFileSync(finished, 'new');
  replaceFile(finished, target);
  t.is(readFileSync(target, 'utf8'), 'new');
  t.is(statSync(target).mode & 0o777, 0o640);
  t.false(existsSync(finished));
});

test('a finished file is also written where none existed', async t => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, 'finished'), 'new');
  replaceFile(join(folder, 'finished'), join(folder, 'target'));
  t.is(readFileSync(join(folder, 'target'), 'utf8'), 'new');
});
