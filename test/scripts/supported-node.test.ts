import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {cp, mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const packageName = `node-${process.platform}-${process.arch}`;

/** A script as those of the project: what it prints comes from the Node that is new enough. */
const script = `
  import {spawnSync} from 'node:child_process';
  import {useSupportedNode} from './supported-node.mjs';
  await useSupportedNode();
  const child = spawnSync('node', ['-p', 'process.env.FETCHED'], {encoding: 'utf8'});
  if (process.argv.includes('--wait')) {
    process.on('SIGTERM', () => process.exit(7));
    setTimeout(() => {}, 60_000);
  } else process.exitCode = 5;
  console.log(JSON.stringify([process.env.FETCHED, child.stdout.trim(), process.argv.slice(2)]));
`;

test('an old Node fetches the pinned one, and runs the script and its child processes with it', async t => {
  const run = await projectOf(t);
  const first = await run(['--port', '9000']);
  t.like(first, {exitCode: 5, stdout: '["yes","yes",["--port","9000"]]'});
  t.regex(
    first.stderr,
    /^retake: retake needs Node 22\.14 or newer, and this is 18\.20\.1: using Node 24\.1\.2 from the npm registry [^\n]+$/,
  );
  const {fetches} = run;
  t.true(fetches() > 0);

  const second = await run(['--port', '9000']);
  t.like(second, {exitCode: 5, stdout: first.stdout});
  t.regex(second.stderr, /^retake: [^\n]+ 18\.20\.1: using Node 24\.1\.2 from the cache\.$/);
  t.is(run.fetches(), fetches());
  t.is((await readdir(join(run.cache, 'node'))).length, 1);
});

test('two scripts that fetch it at the same time both run', async t => {
  const run = await projectOf(t);
  const runs = await Promise.all([run([]), run([])]);
  t.deepEqual(
    runs.map(({exitCode, stdout}) => [exitCode, stdout]),
    Array(2).fill([5, '["yes","yes",[]]']),
  );
  t.is((await readdir(join(run.cache, 'node'))).length, 1);
});

test('a package that differs from the pinned one is refused, and nothing of it is kept', async t => {
  const run = await projectOf(t, {isTampered: true});
  const {exitCode, stdout, stderr} = await run([]);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(
    stderr,
    /Fetching Node 24\.1\.2 failed: the package registry sent a package that differs .* Or install Node 22\.14 /,
  );
  t.deepEqual(await readdir(join(run.cache, 'node')), []);
});

test('a signal reaches the script, and its exit code is passed on', async t => {
  const run = await projectOf(t);
  const child = run(['--wait']);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  t.is((await child).exitCode, 7);
});

test('the installed command on an old Node prints one sentence', async t => {
  const preload = await pretendOldNode(await temporaryFolder(t));
  const {exitCode, stdout, stderr} = await execa(
    process.execPath,
    ['--require', preload, join(root, 'dist/bin/retake.js'), '--version'],
    {reject: false},
  );
  t.like({exitCode, stdout}, {exitCode: 1, stdout: ''});
  t.regex(stderr, /^retake needs Node 22\.14 or newer, and this is Node 18\.20\.1\. [^\n]+$/);
});

/** Runs the script in a project whose pinned Node is this one, marked by an environment variable. */
async function projectOf(t: ExecutionContext, {isTampered = false} = {}) {
  const folder = await temporaryFolder(t);
  const cache = join(folder, 'cache');
  const tarball = await packNode(folder);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const registry = await serveRegistry(t, isTampered ? Buffer.concat([tarball, Buffer.from(' ')]) : tarball);
  await cp(join(root, 'scripts'), join(folder, 'scripts'), {recursive: true});
  await writeFile(join(folder, 'scripts/probe.mjs'), script);
  const optionalDependencies = {[packageName]: '24.1.2'};
  const pinned = {
    version: '24.1.2',
    integrity,
    cpu: process.arch,
    optional: true,
    os: process.platform,
    bin: {node: 'bin/node'},
  };
  const packages = {'': {name: 'pinned', optionalDependencies}, [`node_modules/${packageName}`]: pinned};
  await writeJson(join(folder, 'scripts/node/package.json'), {name: 'pinned', optionalDependencies});
  await writeJson(join(folder, 'scripts/node/package-lock.json'), {
    name: 'pinned',
    lockfileVersion: 3,
    requires: true,
    packages,
  });
  const preload = await pretendOldNode(folder);
  const run = (words: readonly string[]) =>
    execa(process.execPath, ['--require', preload, 'scripts/probe.mjs', ...words], {
      cwd: folder,
      reject: false,
      env: {
        RETAKE_CACHE_DIR: cache,
        npm_config_registry: registry.address,
        npm_config_cache: join(folder, 'npm-cache'),
        npm_config_fetch_retries: '0',
      },
    });
  return Object.assign(run, {cache, fetches: registry.requests});
}

async function packNode(folder: string): Promise<Buffer> {
  const source = join(folder, 'package');
  await mkdir(join(source, 'bin'), {recursive: true});
  await writeJson(join(source, 'package.json'), {
    name: packageName,
    version: '24.1.2',
    bin: {node: 'bin/node'},
  });
  await writeFile(join(source, 'bin/node'), `#!/bin/sh\nFETCHED=yes exec '${process.execPath}' "$@"\n`, {
    mode: 0o755,
  });
  await execa('tar', ['-czf', 'node.tgz', 'package'], {cwd: folder});
  return readFile(join(folder, 'node.tgz'));
}

/** An npm registry with one package. */
async function serveRegistry(t: ExecutionContext, tarball: Buffer) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const {port} = server.address() as AddressInfo;
    const dist = {tarball: `http://127.0.0.1:${port}/${packageName}.tgz`};
    const versions = {'24.1.2': {name: packageName, version: '24.1.2', bin: {node: 'bin/node'}, dist}};
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({name: packageName, 'dist-tags': {latest: '24.1.2'}, versions}));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())));
  return {address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests: () => requests};
}

/** A module that makes the first process believe that it is an old Node; the fetched one is marked. */
async function pretendOldNode(folder: string): Promise<string> {
  const path = join(folder, 'old-node.cjs');
  await writeFile(
    path,
    "if (!process.env.FETCHED) Object.defineProperty(process, 'versions', {value: {...process.versions, node: '18.20.1', napi: '9'}});",
  );
  return path;
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value));
}
