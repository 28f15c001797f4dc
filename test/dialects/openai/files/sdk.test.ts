import test from 'ava';
import {BadRequestError, NotFoundError, toFile} from 'openai';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';

const pdf = Buffer.from('%PDF-1.7\n\u0000\u00ff binary', 'latin1');

test('an uploaded file can be looked up, listed, read and deleted', async t => {
  const {url} = await buildProxy(t, {now: () => 1_760_000_000_500});
  const {files} = openaiClient(url);
  const uploaded = await files.create({file: await toFile(pdf, 'report.pdf'), purpose: 'user_data'});
  t.deepEqual(uploaded, {
    id: uploaded.id,
    object: 'file',
    bytes: pdf.length,
    created_at: 1_760_000_000,
    filename: 'report.pdf',
    purpose: 'user_data',
    status: 'processed',
    status_details: null,
  } as never);
  t.regex(uploaded.id, /^file-[0-9a-f]{24}$/);
  t.deepEqual(await files.retrieve(uploaded.id), uploaded);
  t.deepEqual(await files.waitForProcessing(uploaded.id), uploaded);
  t.deepEqual((await files.list()).data, [uploaded]);
  const content = await files.content(uploaded.id);
  t.deepEqual(Buffer.from(await content.arrayBuffer()), pdf);
  t.deepEqual(await files.delete(uploaded.id), {id: uploaded.id, object: 'file', deleted: true});
  t.deepEqual((await files.list()).data, []);
});

const isGone = test.macro({
  async exec(t, method: 'retrieve' | 'content' | 'delete') {
    const {url} = await buildProxy(t);
    const error = await t.throwsAsync(openaiClient(url).files[method]('file-nope'), {
      instanceOf: NotFoundError,
    });
    t.like(error, {
      param: 'id',
      type: 'invalid_request_error',
      error: {message: 'No such File object: file-nope'},
    });
  },
  title: (_, method) => `${method} of a missing file is a NotFoundError`,
});

test(isGone, 'retrieve');
test(isGone, 'content');
test(isGone, 'delete');

test('a list of files is sorted newest first, has pages, and can be filtered by purpose', async t => {
  const {url} = await buildProxy(t);
  const {files} = openaiClient(url);
  for (const [name, purpose] of [
    ['a', 'batch'],
    ['b', 'user_data'],
    ['c', 'batch'],
  ] as const) {
    await files.create({file: await toFile(Buffer.from('same'), name), purpose});
  }
  const names: string[] = [];
  for await (const file of files.list({limit: 2})) names.push(file.filename);
  t.deepEqual(names, ['c', 'b', 'a']);
  const oldestFirst = await files.list({order: 'asc', purpose: 'batch'});
  t.deepEqual(
    oldestFirst.data.map(({filename}) => filename),
    ['a', 'c'],
  );
  t.is(new Set(oldestFirst.data.map(({id}) => id)).size, 2);
  const page = await files.list({limit: 2});
  t.true(page.has_more);
  t.like(await t.throwsAsync(files.list({limit: 0}), {instanceOf: BadRequestError}), {param: 'limit'});
  t.like(await t.throwsAsync(files.list({after: 'file-x'}), {instanceOf: BadRequestError}), {param: 'after'});
});

test('an expired file is gone', async t => {
  let seconds = 1_760_000_000;
  const {url} = await buildProxy(t, {now: () => seconds * 1000});
  const {files} = openaiClient(url);
  const {id, expires_at: expiresAt} = await files.create({
    file: await toFile(pdf, 'report.pdf'),
    purpose: 'user_data',
    expires_after: {anchor: 'created_at', seconds: 3600},
  });
  t.is(expiresAt, seconds + 3600);
  seconds += 3599;
  t.is((await files.retrieve(id)).id, id);
  seconds += 1;
  t.deepEqual((await files.list()).data, []);
  await t.throwsAsync(files.retrieve(id), {instanceOf: NotFoundError});
});

const refuses = test.macro({
  async exec(t, form: Readonly<Record<string, string | Blob>>, message: string) {
    const {url} = await buildProxy(t);
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.append(name, value);
    const response = await fetch(`${url}/v1/files`, {method: 'POST', body});
    t.is(response.status, 400);
    t.like(await response.json(), {error: {message, type: 'invalid_request_error'}});
  },
  title: (_, form: object = {}, message = '') =>
    `an upload of ${Object.keys(form).join(', ')} is refused: ${message}`,
});

const file = new Blob([pdf]);
test(refuses, {purpose: 'user_data'}, "'file' is a required property");
test(refuses, {file}, "'purpose' is a required property");
test(refuses, {file: 'text', purpose: 'user_data'}, "'file' is a required property");
test(
  refuses,
  {file, purpose: 'fun'},
  "'fun' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'",
);
test(refuses, {file, purpose: 'batch', colour: 'red'}, "Unknown parameter: 'colour'.");
test(
  refuses,
  {file, purpose: 'batch', 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '60'},
  "Invalid 'expires_after.seconds': integer below minimum value. Expected a value >= 3600, but got 60 instead.",
);

const isNoForm = test.macro({
  async exec(t, contentType: string, body: string, message: RegExp) {
    const {post} = await buildProxy(t);
    const response = await post('/v1/files', body, {'content-type': contentType});
    t.is(response.status, 400);
    t.regex(await response.text(), message);
  },
  title: (_, contentType, body) => `invalid form: ${contentType} ${JSON.stringify(body)}`,
});

const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
test(isNoForm, 'application/json', '{}', /Invalid Content-Type header \(application\/json\)/);
test(isNoForm, 'multipart/form-data', head, /Invalid Content-Type header/);
test(isNoForm, 'multipart/form-data; charset=utf-8', head, /Could not parse multipart form/);
test(isNoForm, 'multipart/form-data; boundary=x', '', /Could not parse multipart form/);
test(isNoForm, 'multipart/form-data; boundary=x', `${head}cut o`, /Could not parse multipart form/);
test(isNoForm, 'multipart/form-data; boundary=x', 'nothing', /Could not parse multipart form/);
test(
  isNoForm,
  'multipart/form-data; boundary=x',
  `${head}1\r\n${head}2\r\n--x--\r\n`,
  /the field 'file' twice/,
);
