import {once} from 'node:events';
import {link, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {RetakeError} from '../../src/errors.js';
import {createLocalReader} from '../../src/media/read-local-file.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** A root with `a.png` and `below/b.png`, and beside it `outside/secret.png`. */
async function folders(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const root = join(folder, 'root');
  const outside = join(folder, 'outside');
  await mkdir(join(root, 'below'), {recursive: true});
  await mkdir(outside);
  await writeFile(join(root, 'a.png'), 'a');
  await writeFile(join(root, 'below', 'b.png'), 'b');
  await writeFile(join(outside, 'secret.png'), 'secret');
  return {root, outside, read: createLocalReader({roots: [root]})};
}

async function isRefused(t: ExecutionContext, reading: Promise<unknown>, reference: string): Promise<void> {
  const error = await t.throwsAsync(reading, {instanceOf: RetakeError}, reference);
  t.is(error.code, 'invalid_request');
  t.is(error.message, `\`${reference}\` is not a file that clients may reference`);
  t.is(error.hint, 'Send the bytes themselves, or add the folder of the file to the option `media.roots`.');
}

test('a file under a root is read by its path, relative or absolute, and by its URI', async t => {
  const {root, read} = await folders(t);
  for (const [reference, content] of [
    ['a.png', 'a'],
    ['./a.png', 'a'],
    ['below/b.png', 'b'],
    [join(root, 'below', 'b.png'), 'b'],
    [pathToFileURL(join(root, 'a.png')).href, 'a'],
    [pathToFileURL(join(root, 'a.png')).href.replace('file:', 'FILE:'), 'a'],
  ] as const) {
    t.is(Buffer.from((await read(reference)).bytes).toString(), content, reference);
  }
});

test('each of several roots is searched', async t => {
  const {root, outside} = await folders(t);
  const read = createLocalReader({roots: [root, outside]});
  t.is(Buffer.from((await read('secret.png')).bytes).toString(), 'secret');
});

test('links are followed if their target is under the root', async t => {
  const {root, outside, read} = await folders(t);
  await symlink(join(root, 'below'), join(root, 'inner'));
  await symlink(join(outside, 'secret.png'), join(root, 'file-out'));
  await symlink(outside, join(root, 'folder-out'));
  t.is(Buffer.from((await read('inner/b.png')).bytes).toString(), 'b');
  await isRefused(t, read('file-out'), 'file-out');
  await isRefused(t, read('folder-out/secret.png'), 'folder-out/secret.png');
});

test('a root may itself be a link', async t => {
  const {root} = await folders(t);
  const alias = join(dirname(root), 'alias');
  await symlink(root, alias);
  const read = createLocalReader({roots: [alias]});
  t.is(Buffer.from((await read(join(alias, 'a.png'))).bytes).toString(), 'a');
  t.is(Buffer.from((await read(join(root, 'a.png'))).bytes).toString(), 'a');
});

test('a missing file and a forbidden file are refused with the same message', async t => {
  const {outside, root, read} = await folders(t);
  for (const reference of [
    'missing.png',
    join(outside, 'secret.png'),
    join(outside, 'missing.png'),
    '../outside/secret.png',
    'below/../a.png',
    'below/../../outside/secret.png',
    `${root}/../outside/secret.png`,
    pathToFileURL(join(outside, 'secret.png')).href,
    'file://server/share/a.png',
    `file://${root}/%2e%2e/outside/secret.png`,
    `file://${root}/below%2fb.png`,
    '/etc/passwd',
    '/dev/zero',
    '/proc/self/environ',
    'a.png\0.txt',
    '',
    '.',
    'below',
    root,
    `${root}-other/a.png`,
  ]) {
    await isRefused(t, read(reference), reference);
  }
});

test('without a root, no file is read', async t => {
  const {root} = await folders(t);
  const reference = join(root, 'a.png');
  await isRefused(t, createLocalReader({roots: []})(reference), reference);
});

test('a missing root does not hide another', async t => {
  const {root} = await folders(t);
  const read = createLocalReader({roots: [join(root, 'missing'), root]});
  t.is(Buffer.from((await read('a.png')).bytes).toString(), 'a');
});

test('a path that is not a regular file is refused and does not block', async t => {
  const {root, read} = await folders(t);
  await execa('mkfifo', [join(root, 'pipe')]);
  const server = createServer().listen(join(root, 'socket'));
  await once(server, 'listening');
  t.teardown(() => server.close());
  await symlink('/dev/zero', join(root, 'zero'));
  for (const reference of ['pipe', 'socket', 'zero']) await isRefused(t, read(reference), reference);
});

test('devices are refused even under a root', async t => {
  await isRefused(t, createLocalReader({roots: ['/dev']})('zero'), 'zero');
});

test('a file that is too large is refused', async t => {
  const {root} = await folders(t);
  await writeFile(join(root, 'large'), Buffer.alloc(1001));
  await writeFile(join(root, 'just'), Buffer.alloc(1000, 7));
  const read = createLocalReader({roots: [root], maxBytes: 1000});
  t.is((await read('just')).bytes.length, 1000);
  await t.throwsAsync(read('large'), {instanceOf: RetakeError, message: /at most 1000 bytes/});
});

test('a folder that is replaced by a link during a read never exposes files outside the root', async t => {
  const {root, outside, read} = await folders(t);
  await writeFile(join(root, 'below', 'secret.png'), 'harmless');
  await symlink(outside, join(root, 'trap'));
  const exchanging = execa('node', [
    'test/fixtures/bin/exchange-folders.mjs',
    join(root, 'below'),
    join(root, 'trap'),
  ]);
  await once(exchanging.stdout, 'data');
  const seen = new Set<string>();
  for (let round = 0; round < 5000; round++) {
    seen.add(
      await read('below/secret.png').then(
        ({bytes}) => Buffer.from(bytes).toString(),
        () => 'refused',
      ),
    );
  }
  exchanging.stdin.end();
  await exchanging;
  t.false(seen.has('secret'), [...seen].join());
});

test('a hard link to a file under the root is read', async t => {
  const {root, read} = await folders(t);
  await link(join(root, 'a.png'), join(root, 'again.png'));
  await rm(join(root, 'a.png'));
  t.is(Buffer.from((await read('again.png')).bytes).toString(), 'a');
});
