import test from 'ava';
import type {LocalAnswer} from '../../../src/dialects/dialect.js';
import {questionEndpoint} from '../../support/dialects.js';
import {emptyGemini, type Kept, type LocalAsking} from './ask-local.js';

const hello = Buffer.from('hello file');

/** Uploads as SDKs do, in one piece. */
async function upload(kept: Kept, bytes: Uint8Array = hello, file: LocalAsking['body'] = {}) {
  const begun = await begin(kept, {'x-goog-upload-header-content-type': 'text/plain'}, {file} as never);
  const answer = await kept.ask(lineOf(begun), {
    headers: {'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0'},
    body: bytes,
  });
  t200(answer);
  return JSON.parse(String(answer.body)).file;
}

function begin(kept: Kept, headers: Readonly<Record<string, string>> = {}, body?: LocalAsking['body']) {
  return kept.ask('POST /upload/v1beta/files', {
    headers: {'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start', ...headers},
    ...(body !== undefined && {body}),
  });
}

/** The rest of an upload goes to the address in the first response. */
function lineOf({headers}: LocalAnswer): string {
  return `POST ${headers['x-goog-upload-url']?.replace('http://localhost:8090', '')}`;
}

function proceed(kept: Kept, begun: LocalAnswer, command: string, offset?: number, body?: Uint8Array) {
  return kept.ask(lineOf(begun), {
    headers: {
      'x-goog-upload-command': command,
      ...(offset !== undefined && {'x-goog-upload-offset': String(offset)}),
    },
    ...(body && {body}),
  });
}

function t200({status, body}: LocalAnswer): void {
  if (status !== 200) throw new Error(`${status}: ${body}`);
}

const standing = ({headers}: LocalAnswer) => [
  headers['x-goog-upload-status'],
  headers['x-goog-upload-size-received'],
];

test('a file is returned with every field that clients read', async t => {
  const kept = emptyGemini();
  const file = await upload(kept, hello, {displayName: 'greeting', mimeType: 'ignored/here'});
  t.deepEqual(file, {
    name: file.name,
    displayName: 'greeting',
    mimeType: 'text/plain',
    sizeBytes: '10',
    createTime: '2026-01-02T03:04:05.678Z',
    updateTime: '2026-01-02T03:04:05.678Z',
    expirationTime: '2026-01-04T03:04:05.678Z',
    sha256Hash: 'ZjM4NzdlOGEzZDk4ZjgwOWQ5Zjg0NDA2MGZiZWEyODY0YTRiNjY5ODBhMjJmZjIyMjk3MDE0ZDBjMTY4ZGIyZQ==',
    uri: `https://generativelanguage.googleapis.com/v1beta/${file.name}`,
    state: 'ACTIVE',
    source: 'UPLOADED',
  });
  t.regex(file.name, /^files\/[a-z0-9]{12}$/);
  t.deepEqual(await kept.askJson(`GET /v1beta/${file.name}`), file);
});

test('a resumable upload reports its status at each step', async t => {
  const kept = emptyGemini();
  const begun = await begin(kept, {'x-goog-upload-header-content-length': '10'});
  t.deepEqual(standing(begun), ['active', '0']);
  t.deepEqual(standing(await proceed(kept, begun, 'upload', 0, hello.subarray(0, 4))), ['active', '4']);
  t.deepEqual(standing(await proceed(kept, begun, 'query')), ['active', '4']);
  const off = await proceed(kept, begun, 'upload', 9, hello);
  t.is(off.status, 400);
  t.deepEqual(standing(off), ['active', '4']);
  t.deepEqual(standing(await proceed(kept, begun, 'upload', 4, hello.subarray(4, 7))), ['active', '7']);
  const ended = await proceed(kept, begun, 'upload, finalize', 7, hello.subarray(7));
  t.is(ended.headers['x-goog-upload-status'], 'final');
  const {file} = JSON.parse(String(ended.body));
  const download = await kept.ask(`GET /v1beta/${file.name}:download?alt=media`);
  t.deepEqual(download.body, hello);
  t.like(download.headers, {'content-disposition': 'attachment', 'x-content-type-options': 'nosniff'});
});

test('an upload can be finalised without data', async t => {
  const kept = emptyGemini();
  const begun = await begin(kept);
  await proceed(kept, begun, 'upload', 0, hello);
  const ended = await proceed(kept, begun, 'finalize');
  t.is(JSON.parse(String(ended.body)).file.sizeBytes, '10');
});

test('an upload that is finished, cancelled or of another size than announced stores nothing', async t => {
  const kept = emptyGemini();
  const cancelled = await begin(kept);
  t.is((await proceed(kept, cancelled, 'cancel')).headers['x-goog-upload-status'], 'cancelled');
  const late = await proceed(kept, cancelled, 'upload, finalize', 0, hello);
  t.deepEqual([late.status, late.headers['x-goog-upload-status']], [404, 'final']);
  const short = await begin(kept, {'x-goog-upload-header-content-length': '11'});
  const refused = await proceed(kept, short, 'upload, finalize', 0, hello);
  t.is(refused.status, 400);
  t.regex(String(refused.body), /Expected 11 bytes as announced, got 10/);
  const forgotten = await begin(kept);
  kept.now += 60 * 60 * 1000;
  t.is((await proceed(kept, forgotten, 'upload', 0, hello)).status, 404);
  t.deepEqual(await kept.askJson('GET /v1beta/files'), {files: []});
});

test('the upload URL has the host that the client used', async t => {
  const kept = emptyGemini();
  const headers = {'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start'};
  const urlOf = async (line: string, asking: LocalAsking) =>
    (await kept.ask(line, asking)).headers['x-goog-upload-url'];
  t.is(
    await urlOf('POST /upload/v1/files', {headers: {...headers, host: '127.0.0.1:9'}, prefix: '/@suite'}),
    'http://127.0.0.1:9/@suite/upload/v1/files?upload_id=upload-1&upload_protocol=resumable',
  );
  t.is(
    await urlOf('POST /gateway/upload/v1/files', {
      headers: {...headers, host: 'example.com', 'x-forwarded-proto': 'https'},
    }),
    'https://example.com/gateway/upload/v1/files?upload_id=upload-2&upload_protocol=resumable',
  );
});

test('the metadata may be in snake case, as Python sends it', async t => {
  const kept = emptyGemini();
  const file = await upload(kept, hello, {display_name: 'greeting', size_bytes: 10, name: 'files/mine-1'});
  t.like(file, {name: 'files/mine-1', displayName: 'greeting'});
  t.is((await kept.askJson('GET /v1/files/mine-1')).name, 'files/mine-1');
});

test('a multipart upload has its metadata in the first part', async t => {
  const kept = emptyGemini();
  const body = Buffer.from(
    [
      '--b o',
      'Content-Type: application/json; charset=utf-8',
      '',
      '{"file":{"displayName":"greeting"}}',
      '--b o',
      'Content-Type: text/plain',
      '',
      'hello file',
      '--b o--',
      '',
    ].join('\r\n'),
  );
  const headers = {
    'x-goog-upload-protocol': 'multipart',
    'content-type': 'multipart/related; boundary="b o"',
  };
  const {file} = await kept.askJson('POST /upload/v1beta/files', {headers, body});
  t.like(file, {displayName: 'greeting', mimeType: 'text/plain', sizeBytes: '10'});
  const other = await kept.askJson('POST /upload/v1beta/files?uploadType=multipart', {
    headers: {'content-type': headers['content-type']},
    body,
  });
  t.is(other.file.sizeBytes, '10');
  for (const [broken, reason] of [
    [body.subarray(0, 120), /ends before its last boundary/],
    [Buffer.from('--b o\r\n\r\nx\r\n--b o--\r\n'), /Expected two parts/],
    [Buffer.from('nothing'), /ends before its last boundary/],
  ] as const) {
    const refused = await kept.ask('POST /upload/v1beta/files', {headers, body: broken});
    t.is(refused.status, 400);
    t.regex(String(refused.body), reason);
  }
});

test('a raw upload has only the content', async t => {
  const kept = emptyGemini();
  const headers = {'x-goog-upload-protocol': 'raw', 'content-type': 'application/pdf'};
  const {file} = await kept.askJson('POST /upload/v1beta/files', {headers, body: hello});
  t.like(file, {mimeType: 'application/pdf', sizeBytes: '10'});
});

const refuses = test.macro({
  async exec(t, asking: LocalAsking, message: RegExp) {
    const {status, body, headers} = await emptyGemini().ask('POST /upload/v1beta/files', asking);
    t.is(status, 400);
    t.regex(JSON.parse(String(body)).error.message, message);
    t.is(headers['x-goog-upload-status'], 'final', 'SDKs repeat what does not tell how it stands');
  },
  title: title => `an upload is refused: ${title}`,
});
const starting = {'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start'};
test('without a protocol', refuses, {}, /x-goog-upload-protocol/);
test('of an unknown protocol', refuses, {headers: {'x-goog-upload-protocol': 'ftp'}}, /`resumable`/);
test(
  'that was not started',
  refuses,
  {headers: {...starting, 'x-goog-upload-command': 'upload'}},
  /to be `start`/,
);
test('with metadata that is not JSON', refuses, {headers: starting, body: Buffer.from('{')}, /Invalid JSON/);
test(
  'with an unknown field',
  refuses,
  {headers: starting, body: {file: {nam: 'x'}}},
  /Unknown name "nam" at 'file'/,
);
test(
  'with an invalid name',
  refuses,
  {headers: starting, body: {file: {name: 'files/-a'}}},
  /^\* CreateFileRequest\.file\.name: /,
);
test(
  'with an invalid media type',
  refuses,
  {headers: starting, body: {file: {mimeType: 'text/plain\r\nx: y'}}},
  /^\* CreateFileRequest\.file\.mime_type: /,
);
test(
  'with a size that is not a number',
  refuses,
  {headers: {...starting, 'x-goog-upload-header-content-length': 'many'}},
  /Expected a number of bytes, got "many"/,
);

test('names are derived from the content, and equal content gets several names', async t => {
  const names = async () => {
    const kept = emptyGemini();
    return [
      (await upload(kept)).name,
      (await upload(kept)).name,
      (await upload(kept, Buffer.from('x'))).name,
    ];
  };
  const first = await names();
  t.is(new Set(first).size, 3);
  t.deepEqual(await names(), first);
});

test('a name can be used only once', async t => {
  const kept = emptyGemini();
  await upload(kept, hello, {name: 'mine'});
  const begun = await begin(kept, {}, {file: {name: 'files/mine'}});
  const refused = await proceed(kept, begun, 'upload, finalize', 0, hello);
  t.is(refused.status, 409);
  t.is(JSON.parse(String(refused.body)).error.status, 'ALREADY_EXISTS');
});

test('files are listed ten per page, also while they are deleted', async t => {
  const kept = emptyGemini();
  for (let number = 0; number < 25; number++) await upload(kept, Buffer.from(String(number)));
  const page = await kept.askJson('GET /v1beta/files');
  t.is(page.files.length, 10);
  for (const {name} of page.files) t.deepEqual(await kept.askJson(`DELETE /v1beta/${name}`, {body: {}}), {});
  const next = await kept.askJson(`GET /v1beta/files?pageToken=${page.nextPageToken}`);
  t.is(next.files.length, 10);
  const last = await kept.askJson(`GET /v1beta/files?pageSize=1000&page_token=${next.nextPageToken}`);
  t.is(last.files.length, 5);
  t.is(last.nextPageToken, undefined);
});

test('a file is gone after it is deleted, and after two days', async t => {
  const kept = emptyGemini();
  const {name: deleted} = await upload(kept, hello);
  await kept.ask(`DELETE /v1beta/${deleted}`);
  const {name: old} = await upload(kept, Buffer.from('old'));
  kept.now += 48 * 60 * 60 * 1000;
  for (const name of [deleted, old, 'files/never']) {
    const id = name.slice('files/'.length);
    const refusal = await kept.refusalOf(`GET /v1beta/${name}`);
    t.is(refusal.status, 403);
    t.is(refusal.message, `You do not have permission to access the File ${id} or it may not exist.`);
    t.is((await kept.refusalOf(`DELETE /v1beta/${name}`)).status, 403);
  }
  t.deepEqual(await kept.askJson('GET /v1beta/files'), {files: []});
});

test('the total size of files is limited, and a file beyond the limit is refused', async t => {
  const kept = emptyGemini();
  const large = Buffer.alloc(100 * 1024 * 1024);
  await upload(kept, large);
  const {name} = await upload(kept, large);
  const begun = await begin(kept);
  const refused = await proceed(kept, begun, 'upload, finalize', 0, large);
  t.is(refused.status, 413);
  t.regex(String(refused.body), /No room is left/);
  await kept.ask(`DELETE /v1beta/${name}`);
  await upload(kept, large);
});

test('a request that names a file gets its content', async t => {
  const kept = emptyGemini();
  const {name, uri} = await upload(kept, hello);
  const {decodeRequest} = questionEndpoint(kept.gemini.endpoints['generateContent']);
  const decode = (fileUri: string, host = 'localhost:8090') =>
    decodeRequest({
      params: {model: 'm'},
      query: new URLSearchParams(),
      headers: {host},
      path: '/',
      body: {contents: [{parts: [{fileData: {fileUri}}]}]},
    });
  const bytes = {kind: 'bytes', bytes: hello};
  for (const own of [name, uri, `http://localhost:8090/v1/${name}`, `http://localhost:8090/@a/v1/${name}`]) {
    const {request, dependsOnState} = decode(own);
    t.like(request, {
      turns: {0: {parts: {0: {source: bytes, declaredType: 'text/plain'}}}},
    });
    t.true(dependsOnState, own);
  }
  for (const foreign of [`https://example.com/v1beta/${name}`, `https://example.com/${name}`, 'gs://b/o']) {
    const {request, dependsOnState} = decode(foreign);
    t.like(request, {turns: {0: {parts: {0: {source: {kind: 'reference', uri: foreign}}}}}});
    t.is(dependsOnState, undefined);
  }
  await kept.ask(`DELETE /v1beta/${name}`);
  t.throws(() => decode(name), {message: /You do not have permission to access the File/});
});
