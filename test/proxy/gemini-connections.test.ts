import {request as httpRequest} from 'node:http';
import test from 'ava';
import {rawConnection} from '../http/raw-connection.js';
import {buildProxy} from '../support/build-proxy.js';
import {liveProxy} from './live-proxy.js';

test('a WebSocket of the Live API or of Realtime gets an answer that says that it is not served', async t => {
  const {url} = await buildProxy(t);
  for (const [path, message] of [
    [
      '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k',
      /The Live API is not served/,
    ],
    ['/v1/realtime?model=gpt-realtime', /neither serves nor records WebSockets: GET \/v1\/realtime/],
  ] as const) {
    const {send, untilClosed, ...connection} = await rawConnection(t, url);
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`);
    const response = await connection.untilReceived(/\r\n\r\n[\s\S]*\}/);
    t.regex(response, /^HTTP\/1\.1 404 /);
    t.regex(response, message);
  }
});

test('HEAD is answered as GET, without the body', async t => {
  const {url} = await buildProxy(t);
  for (const path of ['/v1beta/models', '/v1beta/models/gemini-3.5-flash', '/v1beta/batches', '/v1/models']) {
    const headers = {'x-goog-api-key': 'k', 'accept-encoding': 'identity'};
    const get = await fetch(url + path, {headers});
    const body = await get.text();
    const head = await headOf(url + path, headers);
    t.is(head.status, get.status, path);
    t.is(head.headers['content-type'], get.headers.get('content-type') ?? undefined);
    t.is(Number(head.headers['content-length']), Buffer.byteLength(body));
  }
});

test('the path names the model of an engine', async t => {
  const {post, upstream} = await liveProxy(t);
  const response = await post('/v1/engines/gpt-x/chat/completions', {
    messages: [{role: 'user', content: 'Hi'}],
  });
  t.is(((await response.json()) as {model: string}).model, 'gpt-x');
  t.is(upstream.requests.length, 1);
});

test('Gemini CLI’s login mode is told in one sentence how to use an API key', async t => {
  const {post} = await buildProxy(t);
  for (const path of ['/v1internal:loadCodeAssist', '/v1internal:streamGenerateContent?alt=sse']) {
    const response = await post(path, {});
    t.is(response.status, 404);
    t.regex(
      await response.text(),
      /Set GEMINI_API_KEY to any value and choose the auth type `gemini-api-key`/,
    );
  }
});

test('long-running operations and token ids are a 404 that says what is missing', async t => {
  const {url, post} = await buildProxy(t);
  for (const [path, message] of [
    ['/v1beta/operations/abc', /long-running operations is not served|long-running operations/],
    ['/v1beta/models/veo/operations/abc', /long-running operations/],
    ['/v1beta/projects/p/locations/l/batchPredictionJobs', /Batch prediction of Vertex AI is not served/],
  ] as const) {
    const response = await fetch(url + path);
    t.is(response.status, 404, path);
    t.regex(await response.text(), message);
  }
  const counted = await post('/v1beta1/publishers/google/models/m:computeTokens', {contents: []});
  t.is(counted.status, 404);
  t.regex(await counted.text(), /ids of tokens is not served/);
});

function headOf(url: string, headers: Record<string, string>) {
  return new Promise<{status: number | undefined; headers: Record<string, unknown>}>((resolve, reject) => {
    httpRequest(url, {method: 'HEAD', headers}, response => {
      response.resume();
      resolve({status: response.statusCode, headers: response.headers});
    })
      .on('error', reject)
      .end();
  });
}
