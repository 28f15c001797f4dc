import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {RetakeError} from '../../../../src/errors.js';
import {describeModel} from '../../../../src/upstream/local/models/describe-model.js';
import type {SetUpProgress} from '../../../../src/upstream/local/set-up/progress.js';
import {type SetUpOptions, setUp} from '../../../../src/upstream/local/set-up/set-up.js';
import {eventually} from '../../../support/eventually.js';
import {fakeLlamaServer} from '../../../support/fake-engine.js';
import {cutAfter, type FileServer, fileServer, serving} from '../../../support/file-server.js';
import {liveOptions} from '../../../support/live-upstream.js';
import {smallDisk} from '../../../support/small-disk.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const weights = randomBytes(400_000);
const sha256 = createHash('sha256').update(weights).digest('hex');

test('a model is downloaded once, and then used without requests or writes', async t => {
  const server = await fileServer(t, serving(weights));
  const options = await optionsFor(t, server);
  const {model} = await setUp(options);
  t.deepEqual(await readFile(model.weights), weights);
  const before = await snapshot(options.cacheFolder);
  t.is((await setUp(options)).model.weights, model.weights);
  t.deepEqual(await snapshot(options.cacheFolder), before);
  t.deepEqual(server.asked, ['whole']);
});

test('two parallel set-ups download a model once', async t => {
  const server = await fileServer(t, serving(weights));
  const options = await optionsFor(t, server);
  const both = await Promise.all([setUp(options), setUp(options)]);
  t.is(both[0].model.weights, both[1].model.weights);
  t.deepEqual(server.asked, ['whole']);
});

test('a file that was truncated since it was installed is downloaded again', async t => {
  const server = await fileServer(t, serving(weights));
  const options = await optionsFor(t, server);
  const {model} = await setUp(options);
  await truncate(model.weights, 1000);
  await setUp(options);
  t.deepEqual(await readFile(model.weights), weights);
});

test('a projector is downloaded with its model', async t => {
  const projector = randomBytes(1000);
  const server = await fileServer(t, serving(weights), serving(projector));
  const mmprojSha256 = createHash('sha256').update(projector).digest('hex');
  const customModel = {url: server.url, sha256, mmprojUrl: server.url, mmprojSha256};
  const options = {...(await optionsFor(t, server)), model: describeModel({model: 'custom', customModel})};
  const {model} = await setUp(options);
  t.deepEqual(await readFile(model.projector ?? ''), projector);
});

test('a file with the wrong digest is never left where it would be used', async t => {
  const server = await fileServer(t, serving(randomBytes(400_000)));
  const options = await optionsFor(t, server);
  const error = await t.throwsAsync(setUp(options), {instanceOf: RetakeError});
  t.is(error.code, 'setup_failed');
  const files = (await snapshot(options.cacheFolder)).filter(([, size]) => size > 0);
  t.deepEqual(files, []);
});

test('the next set-up continues one that was killed', async t => {
  const server = await fileServer(
    t,
    (_request, response) => {
      response
        .writeHead(200, {'content-length': weights.length, etag: '"v1"'})
        .write(weights.subarray(0, 100_000));
    },
    serving(weights),
  );
  const options = await optionsFor(t, server);
  const owner = fileURLToPath(new URL('../../../support/engine-owner.js', import.meta.url));
  const {cacheFolder, path, llamaServerBinary} = options;
  const customModel = {url: server.url, sha256};
  const ownerOptions = {...liveOptions, cacheFolder, path, llamaServerBinary, model: 'custom', customModel};
  const child = execa(process.execPath, [owner, JSON.stringify(ownerOptions)], {reject: false});
  t.teardown(() => child.kill('SIGKILL'));
  const part = join(cacheFolder, 'partial', 'downloads', `${sha256.slice(0, 16)}-file.gguf.part`);
  await eventually('a part has arrived', async () => (await sizeOf(part)) === 100_000);
  child.kill('SIGKILL');
  await child;
  const {model} = await setUp(options);
  t.deepEqual(await readFile(model.weights), weights);
  t.deepEqual(server.asked, ['whole', 'bytes=100000-']);
});

test('a disk that is too small is reported before the download', async t => {
  const cacheFolder = await smallDisk(t, 200_000);
  if (cacheFolder === undefined) return t.pass();
  const server = await fileServer(t, serving(weights));
  const error = await t.throwsAsync(setUp({...(await optionsFor(t, server)), cacheFolder}), {
    instanceOf: RetakeError,
  });
  t.regex(error.message, /takes 1 MB, but the disk .* has 1 MB free/);
  t.regex(error.hint ?? '', /the option `upstream\.cacheDir`/);
  return undefined;
});

test('a disk that fills up during a download is reported', async t => {
  const cacheFolder = await smallDisk(t, 200_000);
  if (cacheFolder === undefined) return t.pass();
  const server = await fileServer(t, (_request, response) => void response.writeHead(200).end(weights));
  const error = await t.throwsAsync(setUp({...(await optionsFor(t, server)), cacheFolder}), {
    instanceOf: RetakeError,
  });
  t.regex(error.message, /The disk that holds .* is full/);
  return undefined;
});

test('an unusable cache folder is reported', async t => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  const server = await fileServer(t, serving(weights));
  const options = {...(await optionsFor(t, server)), cacheFolder: join(file, 'cache')};
  const error = await t.throwsAsync(setUp(options), {instanceOf: RetakeError});
  t.is(error.code, 'setup_failed');
  t.regex(error.message, /cache folder/);
});

test('a set-up can be aborted during a download', async t => {
  const server = await fileServer(t, cutAfter(1000, serving(weights)));
  const stopping = new AbortController();
  const onProgress = ({done}: SetUpProgress) => {
    if (done > 0) stopping.abort(new Error('stopped'));
  };
  const options = {...(await optionsFor(t, server)), onProgress, signal: stopping.signal};
  await t.throwsAsync(setUp(options), {message: 'stopped'});
  server.client.has = 1000;
});

test('the engine is installed once for two parallel set-ups, over the remains of a killed installation', async t => {
  t.timeout(600_000, 'the engine is fetched from the package index');
  const folder = await temporaryFolder(t);
  const path = process.env['PATH'] ?? '';
  const modelPath = join(folder, 'model.gguf');
  await writeFile(modelPath, '');
  const told: string[] = [];
  const onProgress = ({what, note}: SetUpProgress) => void told.push(`${what}: ${note ?? 'fetching'}`);
  const model = describeModel({model: modelPath});
  const {program} = await setUp({model, cacheFolder: liveOptions.cacheFolder, path});
  if (program.kind === 'native') return t.pass('this machine has a llama-server, so none is installed');
  const place = join(folder, 'cache', 'engines', engineFolderOf(program.python));
  await mkdir(join(place, 'bin'), {recursive: true});
  await writeFile(join(place, 'bin', 'python'), 'half of it');
  const options = {model, cacheFolder: join(folder, 'cache'), path, onProgress};
  const [first, second] = await Promise.all([setUp(options), setUp(options)]);
  t.deepEqual(first.program, second.program);
  t.is(told.filter(line => line.endsWith('checking')).length, 1);
  if (first.program.kind === 'native') return t.fail();
  t.true(first.program.python.startsWith(place));
  const {stdout} = await execa(first.program.python, [
    '-I',
    '-c',
    'import xllamacpp; print(xllamacpp.__version__)',
  ]);
  t.is(first.program.build, `xllamacpp ${stdout}`);
  return undefined;
});

/** `…/engines/NAME/bin/python` → `NAME` */
function engineFolderOf(python: string): string {
  return python.split('/').at(-3) ?? '';
}

/** A custom model that a server provides, and a native engine. */
async function optionsFor(t: ExecutionContext, {url}: FileServer): Promise<SetUpOptions> {
  return {
    model: describeModel({model: 'custom', customModel: {url, sha256}}),
    cacheFolder: join(await temporaryFolder(t), 'cache'),
    llamaServerBinary: fakeLlamaServer,
    path: process.env['PATH'] ?? '',
  };
}

/** Every file below a folder with its size and the time of its last change. */
async function snapshot(folder: string): Promise<Array<[path: string, size: number, changed: number]>> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true});
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async path => {
      const {size, mtimeMs} = await stat(path);
      return [path, size, mtimeMs];
    }),
  );
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
