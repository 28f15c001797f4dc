import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {acquireLock, tryLock} from '../../src/files/lock-file.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a lock has one holder, even within a process', async t => {
  const path = join(await temporaryFolder(t), 'a.lock');
  const lock = tryLock(path);
  t.truthy(lock);
  t.is(tryLock(path), undefined);
  lock?.release();
  const next = tryLock(path);
  t.truthy(next);
  next?.release();
});

test('a waiter gets the lock when it is released, and its folder is created', async t => {
  const path = join(await temporaryFolder(t), 'folder', 'a.lock');
  const first = await acquireLock(path);
  const order: string[] = [];
  const second = acquireLock(path).then(lock => {
    order.push('acquired');
    return lock;
  });
  await new Promise(resolve => setTimeout(resolve, 30));
  order.push('released');
  first.release();
  (await second).release();
  t.deepEqual(order, ['released', 'acquired']);
});

test('waiting ends when its signal aborts', async t => {
  const path = join(await temporaryFolder(t), 'a.lock');
  const lock = await acquireLock(path);
  await t.throwsAsync(acquireLock(path, {signal: AbortSignal.timeout(20)}), {name: 'AbortError'});
  lock.release();
});

test('the lock of a killed process is free', async t => {
  const path = join(await temporaryFolder(t), 'a.lock');
  const module = new URL('../../src/files/lock-file.js', import.meta.url).href;
  const script = `import {tryLock} from '${module}'; console.log(tryLock(process.argv[1]) !== undefined); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script, path]);
  const [printed] = await once(holder.stdout, 'data');
  t.is(String(printed).trim(), 'true');
  t.is(tryLock(path), undefined);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = tryLock(path);
  t.truthy(lock);
  lock?.release();
});

test('a file with invalid content becomes a lock', async t => {
  const path = join(await temporaryFolder(t), 'a.lock');
  writeFileSync(path, 'pid 4711 '.repeat(500));
  const lock = tryLock(path);
  t.truthy(lock);
  t.is(tryLock(path), undefined);
  lock?.release();
});

test('a folder at the lock’s path is an error', async t => {
  const path = join(await temporaryFolder(t), 'a.lock');
  mkdirSync(path);
  t.throws(() => tryLock(path), {any: true, code: 'SQLITE_CANTOPEN'});
});
