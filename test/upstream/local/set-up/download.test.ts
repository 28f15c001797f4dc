import {createHash, randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RetakeError} from '../../../../src/errors.js';
import {download} from '../../../../src/upstream/local/set-up/download.js';
import type {DownloadOptions} from '../../../../src/upstream/local/set-up/download-options.js';
import type {SetUpProgress} from '../../../../src/upstream/local/set-up/progress.js';
import {eventually} from '../../../support/eventually.js';
import {
  type Answer,
  cutAfter,
  type FileServer,
  fileServer,
  serving,
  status,
} from '../../../support/file-server.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const content = randomBytes(300_000);
const other = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');

const arrives = test.macro({
  async exec(t, answers: [Answer, ...Answer[]], asked: readonly string[], begun?: Buffer) {
    const server = await fileServer(t, ...answers);
    const options = await optionsFor(t, server);
    if (begun) await writeFile(options.part, begun);
    await download(options);
    t.deepEqual(await readFile(options.part), content);
    t.deepEqual(server.asked, asked);
  },
  title: (title = '') => `the right file is downloaded although ${title}`,
});

const whole = serving(content);

test('a file is downloaded, and its progress is reported', async t => {
  const told: SetUpProgress[] = [];
  const server = await fileServer(t, whole);
  const options = await optionsFor(t, server);
  await download({...options, onProgress: progress => told.push(progress)});
  t.deepEqual(await readFile(options.part), content);
  t.deepEqual(told[0], {what: 'model test', done: 0, total: content.length});
  t.like(told.at(-1), {done: content.length, note: 'checking'});
  const bytes = told.map(({done}) => done);
  t.deepEqual(
    bytes,
    bytes.toSorted((a, b) => a - b),
  );
});

test('the connection breaks', arrives, [cutAfter(100_000, whole), whole], ['whole', 'bytes=100000-']);
test(
  'the connection breaks again and again',
  arrives,
  [cutAfter(100_000, whole), cutAfter(50_000, whole), cutAfter(50_000, whole), whole],
  ['whole', 'bytes=100000-', 'bytes=150000-', 'bytes=200000-'],
);
test('the server fails at first', arrives, [status(500), status(503), whole], ['whole', 'whole', 'whole']);
test('the server is overloaded at first', arrives, [status(429), whole], ['whole', 'whole']);
test(
  'the server ignores ranges',
  arrives,
  [
    cutAfter(100_000, whole),
    (request, response, client) => {
      delete request.headers.range;
      whole(request, response, client);
    },
  ],
  ['whole', 'bytes=100000-'],
);
test(
  'the server answers with a different range',
  arrives,
  [
    cutAfter(100_000, whole),
    (_request, response) => {
      const headers = {'content-range': `bytes 0-${content.length - 1}/${content.length}`};
      response.writeHead(206, headers).end(content);
    },
    whole,
  ],
  ['whole', 'bytes=100000-', 'whole'],
);
test(
  'the server finds the range unsatisfiable',
  arrives,
  [cutAfter(100_000, whole), status(416, {'content-range': 'bytes */7'}), whole],
  ['whole', 'bytes=100000-', 'whole'],
);
test(
  'the server finds the range unsatisfiable without a size',
  arrives,
  [cutAfter(100_000, whole), status(416), whole],
  ['whole', 'bytes=100000-', 'whole'],
);
test(
  'the server answers a range with the wrong bytes',
  arrives,
  [cutAfter(100_000, whole), serving(other), whole],
  ['whole', 'bytes=100000-', 'whole'],
);
test(
  'the file at the URL is replaced during the download',
  arrives,
  [cutAfter(100_000, serving(other, {etag: '"old"'})), whole],
  ['whole', 'bytes=100000-'],
);
test(
  'the file at the URL is replaced, and the server sends no version',
  arrives,
  [cutAfter(100_000, serving(other, {etag: null})), serving(content, {etag: null})],
  ['whole', 'bytes=100000-', 'whole'],
);
test(
  'an earlier run was interrupted',
  arrives,
  [serving(content, {etag: null})],
  ['bytes=250000-'],
  content.subarray(0, 250_000),
);
test(
  'an earlier run was interrupted after the last byte',
  arrives,
  [serving(content, {etag: null})],
  ['bytes=300000-'],
  content,
);
test(
  'an earlier run left different bytes',
  arrives,
  [serving(content, {etag: null})],
  ['bytes=1000-', 'whole'],
  other.subarray(0, 1000),
);
test(
  'the announced length is more than what is sent',
  arrives,
  [
    (_request, response, client) => {
      response.writeHead(200, {'content-length': content.length + 1000});
      response.write(content);
      void eventually('all has arrived', () => client.has === content.length).then(() => response.destroy());
    },
    whole,
  ],
  ['whole', 'bytes=300000-'],
);

test('redirects are followed', async t => {
  const server = await fileServer(t, whole);
  const redirecting = await fileServer(
    t,
    status(302, {location: '/there'}),
    status(307, {location: server.url}),
  );
  const options = await optionsFor(t, redirecting);
  await download(options);
  t.deepEqual(await readFile(options.part), content);
});

const fails = test.macro({
  async exec(
    t,
    answers: [Answer, ...Answer[]],
    says: RegExp,
    requests: number,
    more: Partial<DownloadOptions> = {},
  ) {
    const server = await fileServer(t, ...answers);
    const options = await optionsFor(t, server);
    const error = await t.throwsAsync(download({...options, ...more}), {instanceOf: RetakeError});
    t.is(error.code, 'setup_failed');
    t.regex(error.message, says);
    t.truthy(error.hint);
    t.is(server.asked.length, requests);
  },
  title: (title = '') => `${title} is reported and ends the download`,
});

test('a missing file', fails, [status(404)], /answered with HTTP status 404/, 1);
test('a server that denies access', fails, [status(403)], /answered with HTTP status 403/, 1);
test('a server that keeps failing', fails, [status(500)], /answered with HTTP status 500/, 5);
test('a connection that always breaks', fails, [cutAfter(10, whole)], /127\.0\.0\.1:\d+ failed: /, 5);
test('a file with a different digest', fails, [serving(other)], /has the sha-256 \w+, expected \w+/, 1);
test('a length that differs from the known one', fails, [whole], /is 300000 bytes long, expected 299999/, 1, {
  size: 299_999,
});
test(
  'a file without a length that is longer than the known one',
  fails,
  [(_request, response) => void response.writeHead(200).end(content)],
  /bytes long, expected 1000/,
  1,
  {size: 1000},
);
test('a redirect loop', fails, [status(302, {location: '/file.gguf'})], /redirects more than 5 times/, 6);
test(
  'a redirect to an invalid URL',
  fails,
  [status(302, {location: 'file:///etc/passwd'})],
  /redirects to `file:\/\/\/etc\/passwd`/,
  1,
);
test('a redirect without an address', fails, [status(302)], /answered with HTTP status 302/, 1);
test(
  'a server that stops sending',
  fails,
  [(_request, response) => void response.writeHead(200, {'content-length': 10}).write('a')],
  /Timeout/,
  5,
  {stallTimeout: 50},
);

test('a refused connection is reported as such', async t => {
  const options = await optionsFor(t, {url: 'http://127.0.0.1:1/file.gguf', client: {has: 0}});
  const error = await t.throwsAsync(download(options), {instanceOf: RetakeError});
  t.regex(error.message, /cannot be reached \(ECONNREFUSED\)/);
});

test('a file with a different digest is not stored', async t => {
  const server = await fileServer(t, serving(other));
  const options = await optionsFor(t, server);
  await t.throwsAsync(download(options));
  t.false(existsSync(options.part));
});

test('an aborted download keeps its bytes, and the next one continues there', async t => {
  const server = await fileServer(
    t,
    (_request, response) => {
      response.writeHead(200, {'content-length': content.length, etag: '"v1"'});
      response.write(content.subarray(0, 120_000));
    },
    whole,
  );
  const options = await optionsFor(t, server);
  const stopping = new AbortController();
  const onProgress = ({done}: SetUpProgress) => {
    if (done === 120_000) stopping.abort(new Error('stopped'));
  };
  await t.throwsAsync(download({...options, onProgress, signal: stopping.signal}), {message: 'stopped'});
  const {size} = await stat(options.part);
  t.is(size, 120_000);
  await download(options);
  t.deepEqual(await readFile(options.part), content);
  t.is(server.asked[1], 'bytes=120000-');
});

async function optionsFor(
  t: ExecutionContext,
  {url, client}: Pick<FileServer, 'url' | 'client'>,
): Promise<DownloadOptions> {
  const part = join(await temporaryFolder(t), 'file.part');
  const onProgress = ({done}: SetUpProgress) => {
    client.has = done;
  };
  return {url, part, sha256, what: 'model test', onProgress, firstDelay: 1};
}
