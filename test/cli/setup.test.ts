import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {existsSync, readdirSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {eventually} from '../support/eventually.js';
import {fakeLlamaServer} from '../support/fake-engine.js';
import {retake, startRetake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const weights = Buffer.alloc(3_000_000, 'weights ');
const sha256 = createHash('sha256').update(weights).digest('hex');

type ModelServer = {
  readonly url: string;
  /** The byte offset at which each request so far began. */
  readonly starts: readonly number[];
  /** How many bytes are sent before the server hangs. */
  limit: number;
};

/** A server with one file and support for range requests. */
async function modelServer(t: ExecutionContext): Promise<ModelServer> {
  const starts: number[] = [];
  const server = createServer((request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    starts.push(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': weights.length - start,
      'accept-ranges': 'bytes',
      ...(start > 0 && {'content-range': `bytes ${start}-${weights.length - 1}/${weights.length}`}),
    });
    response.write(weights.subarray(start, model.limit));
    if (model.limit === weights.length) response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const model = {url: `http://127.0.0.1:${port}/my.gguf`, starts, limit: weights.length};
  return model;
}

function setUpWords(url: string, digest = sha256): string[] {
  return ['setup', '--model-url', url, '--model-sha256', digest, '--llama-server', fakeLlamaServer];
}

test('`setup --list` lists the models of the catalogue', async t => {
  const {exitCode, stdout} = await retake(t, ['setup', '--list']);
  t.is(exitCode, 0);
  for (const name of ['gemma3-270m', 'gemma3-4b', 'gemma3-12b'])
    t.regex(stdout, new RegExp(`^ {2}${name} `, 'm'));
  const json = await retake(t, ['setup', '--list', '--json']);
  t.like(JSON.parse(json.stdout), {version: 1, models: [{name: 'gemma3-270m', seesImages: false}]});
});

test('`setup` downloads a model with progress, and the second time there is nothing to do', async t => {
  const environment = {RETAKE_CACHE_DIR: await temporaryFolder(t)};
  const {url} = await modelServer(t);
  const first = await retake(t, [...setUpWords(url), '--json'], {environment});
  t.is(first.exitCode, 0);
  t.regex(first.stderr, /^model custom: .*MB$/m);
  const {version, engine, model} = JSON.parse(first.stdout) as {
    version: number;
    engine: object;
    model: {weights: string};
  };
  t.is(version, 1);
  t.deepEqual(engine, {kind: 'native', path: fakeLlamaServer});
  t.deepEqual(await readFile(model.weights), weights);
  const second = await retake(t, setUpWords(url), {environment});
  t.is(second.exitCode, 0);
  t.is(second.stderr, '');
  t.regex(second.stdout, /^engine {5}\S+fake-llama-server\.mjs\nmodel {6}custom: \S+\.gguf\n$/);
});

test('a wrong digest is an error with exit code 1', async t => {
  const {url} = await modelServer(t);
  const {exitCode, stdout, stderr} = await retake(t, setUpWords(url, 'a'.repeat(64)));
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /^retake: .*(digest|sha-256)/im);
  t.notRegex(stderr, /\n\s+at /);
});

test('Ctrl-C stops a download, and the next one resumes it', async t => {
  const environment = {RETAKE_CACHE_DIR: await temporaryFolder(t)};
  const server = await modelServer(t);
  server.limit = 2_000_000;
  const {child} = await startRetake(t, setUpWords(server.url), {environment});
  await eventually('two of three megabytes are there', () =>
    readdirSync(environment.RETAKE_CACHE_DIR, {recursive: true, encoding: 'utf8'}).some(
      name =>
        statSync(join(environment.RETAKE_CACHE_DIR, name), {throwIfNoEntry: false})?.size === server.limit,
    ),
  );
  child.kill('SIGINT');
  const {exitCode, stderr} = await child;
  t.is(exitCode, 130);
  t.regex(stderr, /^retake: Setup was interrupted; the next one resumes the download$/m);
  server.limit = weights.length;
  const next = await retake(t, setUpWords(server.url), {environment});
  t.is(next.exitCode, 0);
  t.deepEqual(server.starts, [0, 2_000_000]);
  t.true(existsSync(/custom: (\S+)/.exec(next.stdout)?.[1] ?? ''));
});

test('an unknown model is an error that lists the known models', async t => {
  const {exitCode, stderr} = await retake(t, ['setup', '--model', 'gemma3-1b']);
  t.is(exitCode, 2);
  t.regex(stderr, /^retake: There is no model `gemma3-1b`: expected gemma3-270m, gemma3-4b, gemma3-12b/);
});
