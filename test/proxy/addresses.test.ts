import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {rawConnection} from '../http/raw-connection.js';
import {type BuiltProxy, buildProxy} from '../support/build-proxy.js';
import {scriptedProps} from '../support/scripted-upstream.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {openingGate} from './gate.js';
import {liveProxy} from './live-proxy.js';
import {
  anthropicStream,
  anthropicUnary,
  geminiArray,
  geminiStream,
  geminiUnary,
  openaiStream,
  openaiUnary,
} from './ways.js';

/** The part before `:generateContent`, and the model name in it. */
const geminiModels: readonly (readonly [string, string])[] = [
  ['/v1/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1alpha/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta1/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['//v1beta/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/gemini/v1/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta/v1beta/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta/tunedModels/mine', 'tunedModels/mine'],
  ['/v1/models/publishers/google/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta1/publishers/google/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/v1beta1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['/@test/v1beta/models/gemini-2.5-flash', 'gemini-2.5-flash'],
];

const openaiPaths = [
  '/v1/chat/completions',
  '/chat/completions',
  '//v1/chat/completions',
  '/v1//chat/completions',
  '/openai/v1/chat/completions',
  '/v1beta/openai/chat/completions',
  '/v1/projects/p/locations/l/endpoints/openapi/chat/completions',
  '/v1beta1/projects/p/locations/l/endpoints/openapi/chat/completions',
  '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  '/@test/v1/chat/completions',
  '/@test//v1/chat/completions',
];

/** Headers that SDKs send along; none of them changes the API of an unambiguous path. */
const credentials: readonly Record<string, string>[] = [
  {},
  {authorization: 'Bearer placeholder'},
  {'api-key': 'placeholder'},
  {'x-api-key': 'placeholder'},
  {'x-goog-api-key': 'placeholder'},
];

for (const [path, model] of geminiModels) {
  test(`${path} is Gemini's`, async t => {
    const {post} = await liveProxy(t);
    for (const headers of credentials) {
      const unary = await post(`${path}:generateContent`, geminiUnary.ask('hi'), headers);
      t.is(geminiUnary.read(await unary.text()).model, model);
      const streamed = await post(`${path}:streamGenerateContent?alt=sse`, geminiStream.ask('hi'), headers);
      t.is(geminiStream.read(await streamed.text()).model, model);
      const array = await post(
        `${path}:streamGenerateContent?key=placeholder`,
        geminiArray.ask('hi'),
        headers,
      );
      t.is(geminiArray.read(await array.text()).model, model);
    }
  });
}

for (const path of openaiPaths) {
  test(`${path} is OpenAI's`, async t => {
    const {post} = await liveProxy(t);
    for (const headers of credentials) {
      const unary = await post(path, openaiUnary.ask('hi'), headers);
      t.is(openaiUnary.read(await unary.text()).candidates[0]?.text, 'You said: hi');
      const streamed = await post(path, openaiStream.ask('hi'), headers);
      t.is(openaiStream.read(await streamed.text()).candidates[0]?.text, 'You said: hi');
    }
  });
}

test('an Azure deployment is the model', async t => {
  const {post} = await liveProxy(t);
  const response = await post('/openai/deployments/my-gpt/chat/completions?api-version=1', {
    messages: [{role: 'user', content: 'hi'}],
  });
  t.like(await response.json(), {model: 'my-gpt'});
});

const anthropic = {'anthropic-version': '2023-06-01', authorization: 'Bearer placeholder'};

for (const path of [
  '/v1/messages',
  '/v1/v1/messages',
  '//v1/messages',
  '/messages',
  '/v1/messages?beta=true',
]) {
  test(`${path} is Anthropic's`, async t => {
    const {post} = await liveProxy(t);
    const unary = await post(path, anthropicUnary.ask('hi'), anthropic);
    t.is(anthropicUnary.read(await unary.text()).candidates[0]?.text, 'You said: hi');
    const streamed = await post(path, anthropicStream.ask('hi'), anthropic);
    t.is(anthropicStream.read(await streamed.text()).candidates[0]?.text, 'You said: hi');
  });
}

type Api = 'gemini' | 'openai' | 'anthropic';

/** The API whose error format this is. */
function apiOf(body: string): Api {
  const parsed = JSON.parse(body);
  if (parsed.type === 'error' && parsed.error.type === 'not_found_error') return 'anthropic';
  return parsed.error.status === 'NOT_FOUND' && parsed.error.code === 404 ? 'gemini' : 'openai';
}

const google = {'x-goog-api-key': 'placeholder'};
const unknown: readonly (readonly [string, string, Api, Record<string, string>?])[] = [
  ['POST', '/', 'openai'],
  ['GET', '/@test/', 'openai'],
  ['PUT', '/v1/chat/completions', 'openai'],
  ['DELETE', '/v1/chat/completions', 'openai'],
  ['PATCH', '/v1/chat/completions', 'openai'],
  ['POST', '/v1/chat/completions/a/more', 'openai'],
  ['POST', '/v1/chat', 'openai'],
  ['POST', '/openai/chatCompletions', 'openai'],
  ['POST', '/gemini/generateContent', 'openai'],
  ['POST', '/gemini/unknown', 'openai'],
  ['POST', '/%', 'openai'],
  ['GET', '/@test/health', 'openai'],
  ['GET', '/health/more', 'openai'],
  ['GET', '/v1beta/models/x:generateContent', 'gemini'],
  ['PUT', '/v1beta/models/x:generateContent', 'gemini'],
  ['POST', '/v1beta/models/%E0%A4%A:generateContent', 'gemini'],
  ['GET', '/v1alpha/auth_tokens', 'gemini'],
  ['POST', '/v1/interactions/abc', 'gemini'],
  ['PUT', '/v1/batches', 'gemini', google],
  ['PUT', '/v1beta/files/abc', 'gemini'],
  ['POST', '/v1/cachedContents/abc', 'gemini'],
  ['GET', '//ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent', 'gemini'],
  ['GET', '/v1/messages', 'anthropic'],
  ['POST', '/v1/messages/other', 'anthropic'],
  ['POST', '/v1/models', 'anthropic', anthropic],
  ['GET', '/v1/skills/abc', 'anthropic', anthropic],
];

for (const [method, path, api, headers = {}] of unknown) {
  test(`${method} ${path} with ${Object.keys(headers)[0] ?? 'no header'} is an unknown endpoint of ${api}`, async t => {
    const {url} = await liveProxy(t);
    const body = method === 'GET' ? {} : {body: '{"contents":[]}'};
    const response = await fetch(url + path, {method, headers, ...body});
    const text = await response.text();
    t.is(response.status, 404, text);
    t.is(response.headers.get('x-should-retry'), 'false');
    t.is(apiOf(text), api, text);
    t.true(text.includes(`${method} `), 'the message names what was asked');
    t.false(text.includes('placeholder'));
  });
}

test('HEAD gets the same status without a body', async t => {
  const {url} = await liveProxy(t);
  const response = await fetch(`${url}/v1/nowhere`, {method: 'HEAD'});
  t.is(response.status, 404);
  t.is(await response.text(), '');
});

test('HEAD is answered as GET is, without its body', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  for (const [path, headers] of [
    ['/v1/models', {}],
    ['/v1/models/x', anthropic],
    ['/v1beta/models', {}],
    ['/v1beta/models/gemini-2.5-flash', {}],
    ['/api/hello', {}],
  ] as const) {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map(method => fetch(url + path, {method, headers: {...headers}})),
    );
    t.is(get?.status, 200, path);
    t.is(head?.status, 200, path);
    t.is(head?.headers.get('content-type'), get?.headers.get('content-type') ?? '');
    t.is(await head?.text(), '');
    t.not(await get?.text(), '');
  }
  const [root, rootHead] = await Promise.all(['GET', 'HEAD'].map(method => fetch(url, {method})));
  t.is(rootHead?.status, 200, 'Claude Code asks for /');
  for (const name of ['content-type', 'content-length'])
    t.is(rootHead?.headers.get(name), root?.headers.get(name) ?? '', name);
});

test('telemetry of Claude Code is taken and dropped', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  for (const path of ['/api/event_logging/batch', '/api/event_logging/v2/batch']) {
    const response = await post(path, {events: [{event_type: 'ClaudeCodeInternalEvent'}]});
    t.is(response.status, 200, await response.text());
  }
});

test('the path tells the API, whatever the headers say', async t => {
  const {post} = await liveProxy(t);
  const headers = {...anthropic, 'x-goog-api-key': 'placeholder'};
  for (const way of [openaiUnary, anthropicUnary, geminiUnary]) {
    const response = await post(way.path, way.ask('hi'), headers);
    t.is(way.read(await response.text()).candidates[0]?.text, 'You said: hi', way.name);
  }
});

test('an engine in the path is the model', async t => {
  const {post} = await liveProxy(t);
  const body = {messages: [{role: 'user', content: 'hi'}]};
  const response = await post('/v1/engines/gpt-4o/chat/completions', body);
  t.like(await response.json(), {model: 'gpt-4o'});
});

test('the login of Gemini CLI is not served, and the answer says what to do', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  for (const path of ['/v1internal:loadCodeAssist', '/v1internal:streamGenerateContent?alt=sse']) {
    const response = await post(path, {metadata: {}});
    t.is(response.status, 404);
    const {error} = (await response.json()) as {error: {message: string; status: string}};
    t.is(error.status, 'NOT_FOUND');
    t.regex(error.message, /login of Gemini CLI .* GEMINI_API_KEY/s);
  }
});

test('a WebSocket is refused with an HTTP answer', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  for (const [path, message] of [
    [
      '//ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k',
      /The Live API is not served/,
    ],
    ['/v1/realtime?model=gpt-realtime', /neither serves nor records WebSockets: GET \/v1\/realtime/],
    ['/v1/responses', /neither serves nor records WebSockets: GET \/v1\/responses.*over HTTP/],
  ] as const) {
    const {send, untilReceived, socket} = await rawConnection(t, url);
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
    send(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    t.regex(await untilReceived(message), /^HTTP\/1\.1 404 /);
    socket.destroy();
  }
});

test('an unknown method is answered like an unknown route', async t => {
  const {url} = await liveProxy(t);
  for (const method of ['PROPFIND', 'TRACE', 'REPORT', 'OPTIONS']) {
    const connection = await rawConnection(t, url);
    connection.send(`${method} /v1beta/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    t.regex(await connection.untilClosed(), /^HTTP\/1\.1 404 .*"NOT_FOUND"/s, method);
  }
});

test('QUERY is an unknown method, too, and needs a content-type', async t => {
  const {url} = await liveProxy(t);
  const ask = (headers: Record<string, string>) =>
    fetch(`${url}/v1/chat/completions`, {method: 'QUERY', body: Buffer.from('{}'), headers});
  const unserved = await ask({'content-type': 'application/json'});
  t.is(unserved.status, 404);
  t.regex(await unserved.text(), /does not serve the endpoint QUERY/);
  const bare = await ask({});
  t.is(bare.status, 400);
  t.regex(await bare.text(), /'QUERY' must provide a 'Content-Type' header"/);
});

test('without any recording, a request that is not served or not valid is refused for that', async t => {
  const {url} = await buildProxy(t, {
    mode: 'replay',
    cassette: join(await temporaryFolder(t), 'none'),
    allowMissingCassettes: true,
  });
  const unserved = await fetch(`${url}/v1/moderations`, {method: 'POST', body: '{"input": "x"}'});
  t.is(unserved.status, 404);
  t.regex(await unserved.text(), /does not serve the endpoint POST \/v1\/moderations/);
  const invalid = await fetch(`${url}/v1/chat/completions`, {method: 'POST', body: '{"model": "gpt-4o"}'});
  t.is(invalid.status, 400);
  t.regex(await invalid.text(), /messages/);
  t.is((await fetch(`${url}/v1/models`)).status, 200);
});

test('a replay is healthy at once', async t => {
  const {url, cassette} = await buildProxy(t, {mode: 'replay'});
  const response = await fetch(`${url}/health`);
  t.is(response.status, 200);
  t.deepEqual(await response.json(), {status: 'ok', ready: true, mode: 'replay', cassette});
  t.is((await fetch(`${url}/health?verbose`)).status, 200);
  t.is((await fetch(`${url}/health`, {method: 'HEAD'})).status, 200);
});

for (const mode of ['auto', 'record', 'passthrough'] as const) {
  test(`in mode ${mode}, the health is 503 until the model is ready`, async t => {
    const gate = openingGate();
    const proxy = await buildProxy(t, {
      mode,
      upstream: externalUpstream({url: await startingServer(t, gate.opened)}),
    });
    const starting = await fetch(`${proxy.url}/health`);
    t.is(starting.status, 503);
    t.like(await starting.json(), {status: 'starting', ready: false, mode, upstream: {phase: 'starting'}});
    gate.open();
    t.like(await healthy(proxy), {status: 'ok', ready: true, mode, upstream: {phase: 'ready'}});
  });
}

/** A server that describes itself only after the gate opens. */
async function startingServer(t: ExecutionContext, opened: Promise<void>): Promise<string> {
  const server = createServer(async (_request, response) => {
    await opened;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(scriptedProps));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function healthy({url}: BuiltProxy): Promise<unknown> {
  for (;;) {
    const response = await fetch(`${url}/health`);
    const body: unknown = await response.json();
    if (response.status === 200) return body;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
