import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {writeAtomically, writeTextAtomically} from '../../src/files/write-atomically.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('what was written beside the file takes its place, and the result is returned', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'file');
  writeFileSync(path, 'old');
  const result = await writeAtomically(path, async draft => {
    writeFileSync(draft, 'new');
    t.is(readFileSync(path, 'utf8'), 'old');
    return 42;
  });
  t.is(result, 42);
  t.is(readFileSync(path, 'utf8'), 'new');
  t.deepEqual(readdirSync(folder), ['file']);
});

test('a failure leaves the old file, and nothing beside it', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'file');
  writeFileSync(path, 'old');
  const failing = writeAtomically(path, async draft => {
    writeFileSync(draft, 'half');
    throw new Error('broken');
  });
  await t.throwsAsync(failing, {message: 'broken'});
  const pieces = (function* () {
    yield 'half';
    throw new Error('broken');
  })();
  await t.throwsAsync(writeTextAtomically(path, pieces), {message: 'broken'});
  t.is(readFileSync(path, 'utf8'), 'old');
  t.deepEqual(readdirSync(folder), ['file']);
});

test('text is written in its pieces', async t => {
  const path = join(await temporaryFolder(t), 'file');
  await writeTextAtomically(path, ['a', 'b']);
  t.is(readFileSync(path, 'utf8'), 'ab');
});
