import {readdirSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {retake, serve} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** The files with the compiled code of the program, which is kept once for each command. */
function codeIn(folder: string): readonly string[] {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'});
  return files.filter(file => /retake-[0-9a-f]{16}-/.test(file)).map(file => join(folder, file));
}

test('compiled code is kept in the cache folder for each command, and what is damaged there is replaced', async t => {
  const folder = await temporaryFolder(t);
  const environment = {RETAKE_CACHE_DIR: folder, NODE_COMPILE_CACHE: ''};
  const run = async (...words: string[]) => {
    const {exitCode, stdout, stderr} = await retake(t, words, {environment});
    t.is(stderr, '');
    t.is(exitCode, 0);
    return stdout;
  };
  const version = await run('--version');
  const [code = '', ...others] = codeIn(folder);
  t.deepEqual(others, []);
  const stored = await readFile(code);
  t.is(await run('--version'), version);
  t.deepEqual(await readFile(code), stored);
  await run('ls', '--help');
  t.is(codeIn(folder).length, 2);

  const middle = stored.length >> 1;
  for (const damaged of [
    Buffer.from(stored.with(middle, (stored[middle] ?? 0) ^ 0xff)),
    stored.subarray(0, middle),
    stored.subarray(0, 3),
    Buffer.alloc(0),
  ]) {
    await writeFile(code, damaged);
    t.is(await run('--version'), version);
    t.true((await readFile(code)).length > middle);
  }
});

test('a command that does not exist leaves no code, and NODE_DISABLE_COMPILE_CACHE turns it off', async t => {
  const folder = await temporaryFolder(t);
  const environment = {RETAKE_CACHE_DIR: folder, NODE_COMPILE_CACHE: ''};
  t.is((await retake(t, ['nothing'], {environment})).exitCode, 2);
  t.deepEqual(codeIn(folder), []);
  const off = {...environment, NODE_DISABLE_COMPILE_CACHE: '1'};
  t.is((await retake(t, ['--version'], {environment: off})).exitCode, 0);
  t.deepEqual(codeIn(folder), []);
});

test('a server keeps its code soon after its first answer', async t => {
  const folder = await temporaryFolder(t);
  const {address} = await serve(t, ['--mode', 'passthrough', '--upstream', 'http://127.0.0.1:9'], {
    environment: {RETAKE_CACHE_DIR: folder, NODE_COMPILE_CACHE: ''},
  });
  t.true((await fetch(`${address}/health`)).status > 0);
  while (codeIn(folder).length === 0) await sleep(100);
  t.pass();
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
