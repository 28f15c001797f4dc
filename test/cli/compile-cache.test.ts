import {readdirSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('compiled code is kept in the cache folder', async t => {
  const folder = await temporaryFolder(t);
  const environment = {RETAKE_CACHE_DIR: folder, NODE_COMPILE_CACHE: ''};
  const first = await retake(t, ['--version'], {environment});
  t.is(first.exitCode, 0);
  t.true(readdirSync(join(folder, 'compile-cache'), {recursive: true}).length > 1);
  const second = await retake(t, ['--version'], {environment});
  t.is(second.stdout, first.stdout);
});

test('a cache folder that cannot be written changes nothing', async t => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  const {exitCode, stdout, stderr} = await retake(t, ['--version'], {
    environment: {RETAKE_CACHE_DIR: file, NODE_COMPILE_CACHE: ''},
  });
  t.is(exitCode, 0);
  t.regex(stdout, /^\d+\.\d+\.\d+/);
  t.is(stderr, '');
});
