import {createHash} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import sharp from 'sharp';
import {openCassette, type ProxyOptions} from '../../src/index.js';
import {
  type Attached,
  type AttachmentApi,
  answerText,
  attachmentApis,
  geminiApi,
} from '../support/attachments.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {popplerTest} from '../support/documents/poppler.js';
import {visionUpstream} from '../support/vision-upstream.js';

async function picture(color: string, format: 'png' | 'jpeg' | 'webp' = 'png'): Promise<Uint8Array> {
  const image = sharp({create: {width: 300, height: 200, channels: 3, background: color}});
  return image.toFormat(format).toBuffer();
}

async function proxyWith(t: ExecutionContext, options: Partial<ProxyOptions> = {}) {
  const upstream = visionUpstream();
  return {...(await buildProxy(t, {upstream, ...options})), upstream};
}

async function ask(
  {post}: Pick<Awaited<ReturnType<typeof buildProxy>>, 'post'>,
  attached: Attached,
  way: AttachmentApi = geminiApi,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await post(way.path, way.askAbout('What is it?', attached), headers);
  return {
    status: response.status,
    outcome: response.headers.get('x-retake'),
    key: response.headers.get('x-retake-key'),
    said: await answerText(response),
  };
}

/** A web server that serves the current content of `files`, and counts its requests. */
async function fileHost(t: ExecutionContext, files: Record<string, {bytes: Uint8Array; mediaType: string}>) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const file = files[new URL(request.url ?? '/', 'http://host').pathname];
    if (file) response.writeHead(200, {'content-type': file.mediaType}).end(file.bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(close);
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {host, url: (path: string) => `http://${host}${path}`, requests: () => requests, close};
}

test('an image is identified by its bytes, whatever its name, through every API', async t => {
  const bytes = await picture('red', 'jpeg');
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const proxy = await proxyWith(t, {cassette});
  t.like(await ask(proxy, {bytes, mediaType: 'image/jpeg'}), {outcome: 'recorded'});
  for (const way of attachmentApis) {
    t.like(await ask(proxy, {bytes, mediaType: 'image/png'}, way), {outcome: 'hit'}, way.name);
  }
  t.like(await ask(proxy, {bytes: await picture('blue'), mediaType: 'image/png'}), {outcome: 'recorded'});
  t.deepEqual(proxy.upstream.seen[0]?.[1], {
    kind: 'image',
    mediaType: 'image/jpeg',
    bytes: new Uint8Array(bytes),
  });
});

test('a format that upstreams cannot read is converted for them, without a change of the key', async t => {
  const proxy = await proxyWith(t);
  const bytes = await picture('green', 'webp');
  t.like(await ask(proxy, {bytes, mediaType: 'image/webp'}), {outcome: 'recorded'});
  const [, image] = proxy.upstream.seen[0] ?? [];
  t.true(image?.kind === 'image' && image.mediaType === 'image/jpeg');
  t.like(await ask(proxy, {bytes, mediaType: 'image/webp'}), {outcome: 'hit'});
});

test('a damaged image is a 400 that names the field, in every mode', async t => {
  const whole = await picture('red');
  const bytes = whole.subarray(0, whole.length - 20);
  for (const mode of ['replay', 'auto', 'record', 'passthrough'] as const) {
    const proxy = await proxyWith(t, {mode});
    for (const way of attachmentApis) {
      const response = await proxy.post(way.path, way.askAbout('What?', {bytes, mediaType: 'image/png'}));
      t.is(response.status, 400, `${mode}, ${way.name}`);
      t.regex(await response.text(), way.field);
    }
    t.is(proxy.upstream.seen.length, 0);
  }
});

test('of several unreadable attachments, the first one is reported', async t => {
  const proxy = await proxyWith(t);
  const large = {bytes: (await picture('red')).subarray(0, 300), mediaType: 'image/png'};
  const small = {bytes: large.bytes.subarray(0, 50), mediaType: 'image/png'};
  const response = await proxy.post(geminiApi.path, geminiApi.askAbout('What?', large, small));
  t.is(response.status, 400);
  t.regex(await response.text(), /contents\[0\]\.parts\[1\]/);
});

test('a miss names the image that differs', async t => {
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const [red, blue, green] = await Promise.all(['red', 'blue', 'green'].map(color => picture(color)));
  const mediaType = 'image/png';
  const askTwo = (second: Uint8Array = Buffer.of()) =>
    geminiApi.askAbout('Which?', {bytes: red ?? Buffer.of(), mediaType}, {bytes: second, mediaType});
  const recorder = await proxyWith(t, {cassette});
  await recorder.post(geminiApi.path, askTwo(blue));
  await recorder.proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  t.regex(
    await answerText(await replay.post(geminiApi.path, askTwo(green))),
    /turn 1 \(user\), image 2 differs/,
  );
  const one = geminiApi.askAbout('Which?', {bytes: red ?? Buffer.of(), mediaType});
  t.regex(await answerText(await replay.post(geminiApi.path, one)), /1 image, recorded 2 images/);
});

test('a text file is decoded in its charset', async t => {
  const proxy = await proxyWith(t);
  const latin = {bytes: Buffer.from('caf\xe9', 'latin1'), mediaType: 'text/plain; charset=latin1'};
  t.like(await ask(proxy, latin), {outcome: 'recorded', said: 'I see "What is it?", "café"'});
  t.like(await ask(proxy, {bytes: Buffer.from('café'), mediaType: 'text/plain'}), {outcome: 'hit'});
  const {status, said} = await ask(proxy, {bytes: Buffer.from('caf\xe9', 'latin1'), mediaType: 'text/plain'});
  t.is(status, 400);
  t.regex(said, /Expected text in utf-8/);
});

test('an image by URL is fetched once; replaying needs no network, and the same bytes inline have the same key', async t => {
  const bytes = await picture('red');
  const host = await fileHost(t, {'/red.png': {bytes, mediaType: 'image/png'}});
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const reference = {uri: host.url('/red.png'), mediaType: 'image/png'};
  const proxy = await proxyWith(t, {cassette, media: {allowedHosts: [host.host]}});
  t.like(await ask(proxy, reference), {outcome: 'recorded'});
  for (const way of attachmentApis) t.like(await ask(proxy, reference, way), {outcome: 'hit'}, way.name);
  t.like(await ask(proxy, {bytes, mediaType: 'image/png'}), {outcome: 'hit'});
  t.is(host.requests(), 1);
  t.like(await ask(proxy, reference, geminiApi, {'x-retake-mode': 'record'}), {outcome: 'recorded'});
  t.is(host.requests(), 2);
  await proxy.proxy.close();
  host.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  for (const way of attachmentApis) t.like(await ask(replay, reference, way), {outcome: 'hit'}, way.name);
  const {status, said} = await ask(replay, {...reference, uri: 'https://example.com/other.png?token=abc'});
  t.is(status, 400);
  t.regex(said, /`https:\/\/example\.com\/other\.png\?…` was not fetched for this cassette before/);
});

test('if a URL leads to different content and the request is re-recorded, the new answer is replayed', async t => {
  const files = {'/a.png': {bytes: await picture('red'), mediaType: 'image/png'}};
  const host = await fileHost(t, files);
  const reference = {uri: host.url('/a.png'), mediaType: 'image/png'};
  let now = 1_760_000_000_000;
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const options = {cassette, now: () => now, media: {allowedHosts: [host.host]}};
  const proxy = await proxyWith(t, options);
  const before = await ask(proxy, reference);
  t.like(await ask(proxy, reference), {outcome: 'hit', key: before.key});
  files['/a.png'] = {bytes: await picture('blue'), mediaType: 'image/png'};
  // The stored fact about the URL is enough, until a client requests a new recording.
  t.like(await ask(proxy, reference), {outcome: 'hit', key: before.key});
  now += 1000;
  const after = await ask(proxy, reference, geminiApi, {'x-retake-mode': 'record'});
  t.not(after.key, before.key);
  for (let asking = 0; asking < 3; asking++) {
    t.like(await ask(proxy, reference), {outcome: 'hit', key: after.key, said: after.said});
  }
});

popplerTest('a PDF by URL is matched by its pages', async t => {
  const bytes = await buildPdf({pages: [textPage('one')]});
  const host = await fileHost(t, {'/a.pdf': {bytes, mediaType: 'application/octet-stream'}});
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const reference = {uri: host.url('/a.pdf'), mediaType: 'application/pdf'};
  const proxy = await proxyWith(t, {
    cassette,
    media: {allowedHosts: [host.host], rasterizer: {path: process.env['PATH'] ?? ''}},
  });
  t.like(await ask(proxy, reference), {outcome: 'recorded'});
  await proxy.proxy.close();
  host.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette, media: {rasterizer: {path: ''}}});
  t.like(await ask(replay, reference), {outcome: 'hit'});
  t.like(await ask(replay, {bytes, mediaType: 'application/pdf'}), {outcome: 'hit'});
});

test('a text by URL is stored without its secrets, and so is the URL', async t => {
  const secret = 'sk-proj-0123456789abcdefghij';
  const key = 'AIzaSyA0123456789abcdefghijklmnopqrstuv';
  const host = await fileHost(t, {
    '/a.txt': {bytes: Buffer.from(`The key is ${secret}.`), mediaType: 'text/plain'},
  });
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const reference = {uri: `${host.url('/a.txt')}?key=${key}`, mediaType: 'text/plain'};
  const proxy = await proxyWith(t, {cassette, media: {allowedHosts: [host.host]}});
  t.like(await ask(proxy, reference), {outcome: 'recorded'});
  t.deepEqual(proxy.upstream.seen[0]?.[1], {kind: 'text', text: `The key is ${secret}.`});
  await proxy.proxy.close();
  const file = await readFile(cassette, 'latin1');
  for (const hidden of [secret, key]) t.false(file.includes(hidden));
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  t.like(await ask(replay, reference), {outcome: 'hit'});
  // A key that was rotated since then leads to the same text.
  const rotated = `${host.url('/a.txt')}?key=AIzaSyB9876543210abcdefghijklmnopqrstuv`;
  t.like(await ask(replay, {...reference, uri: rotated}), {outcome: 'hit'});
  const reader = await openCassette({path: cassette, writable: false});
  for await (const {shown} of reader.media.allReferences()) t.is(shown, `${host.url('/a.txt')}?…`);
  await reader.close();
});

test('references that cannot be followed are a 400, even if nothing is fetched', async t => {
  for (const mode of ['replay', 'auto'] as const) {
    const proxy = await proxyWith(t, {mode});
    for (const uri of [
      'gs://bucket/a.pdf',
      'https://youtu.be/abc',
      'http://127.0.0.1:1/a.png',
      'file:///etc/hostname',
      '/etc/hostname',
    ]) {
      const {status, said} = await ask(proxy, {uri, mediaType: 'image/png'});
      t.is(status, 400, `${mode} ${uri}: ${said}`);
    }
  }
});

test('a file under a media root is read each time, so that its changes are seen', async t => {
  const root = await temporaryFolder(t);
  const file = join(root, 'a.png');
  await writeFile(file, await picture('red'));
  const proxy = await proxyWith(t, {media: {roots: [root]}});
  for (const uri of ['a.png', file, `file://${file}`]) {
    t.true(
      ['recorded', 'hit'].includes((await ask(proxy, {uri, mediaType: 'image/png'})).outcome ?? ''),
      uri,
    );
  }
  t.is(proxy.upstream.seen.length, 1);
  t.like(await ask(proxy, {uri: 'a.png', mediaType: 'image/png'}), {outcome: 'hit'});
  await writeFile(file, await picture('blue'));
  t.like(await ask(proxy, {uri: 'a.png', mediaType: 'image/png'}), {outcome: 'recorded'});
});

test('thumbnails are stored unless they are turned off; originals are stored only on request', async t => {
  const bytes = await picture('red');
  const kept = async (media: ProxyOptions['media']) => {
    const cassette = join(await temporaryFolder(t), 'test.cassette');
    const proxy = await proxyWith(t, {cassette, ...(media && {media})});
    const {key} = await ask(proxy, {bytes, mediaType: 'image/png'});
    await proxy.proxy.close();
    const reader = await openCassette({path: cassette, writable: false});
    t.truthy(key);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const found = [await reader.media.thumbnail(digest), await reader.media.original(digest)];
    await reader.close();
    return found;
  };
  const [thumbnail, none] = await kept(undefined);
  t.like(thumbnail, {mediaType: 'image/jpeg', width: 300, height: 200});
  t.is(none, undefined);
  t.deepEqual(await kept({thumbnails: false}), [undefined, undefined]);
  const [, original] = await kept({originals: true});
  t.deepEqual(original?.bytes && Buffer.from(original.bytes), Buffer.from(bytes));
});
