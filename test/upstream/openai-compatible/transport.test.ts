import {once} from 'node:events';
import {createServer} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import * as zlib from 'node:zlib';
import {brotliCompressSync, deflateSync, gzipSync} from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import test, {type ExecutionContext} from 'ava';
import OpenAI from 'openai';
import type {RetakeError} from '../../../src/errors.js';
import {buildProxy} from '../../support/build-proxy.js';
import {
  chunk,
  echoing,
  failing,
  replying,
  type Script,
  scriptedUpstream,
  usageChunk,
} from '../../support/scripted-upstream.js';
import {ask, buildModel, failureOf, present, question, textOf} from '../asking.js';

const events = [chunk(0, {content: 'Hello'}), chunk(0, {}, undefined, 'stop'), usageChunk(3, 1)];
const stream = `${events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;

const decodes = test.macro({
  title: (_, encoding: string) => `an answer that is encoded with ${encoding} unasked is decoded`,
  async exec(t, encoding: string, compress: (text: string) => Buffer) {
    const upstream = await scriptedUpstream(t, sendingEncoded(encoding, compress(stream)), {props: null});
    t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'Hello');
    t.is(upstream.requests[0]?.headers['accept-encoding'], 'identity');
  },
});

test(decodes, 'gzip', text => gzipSync(text));
test(decodes, 'deflate', text => deflateSync(text));
test(decodes, 'br', text => brotliCompressSync(text));
if ('zstdCompressSync' in zlib && typeof zlib.zstdCompressSync === 'function') {
  const compress = zlib.zstdCompressSync as (text: string) => Buffer;
  test(decodes, 'zstd', text => compress(text));
}

test('an encoded answer that is cut off is an error', async t => {
  const bytes = gzipSync(stream);
  const upstream = await scriptedUpstream(t, sendingEncoded('gzip', bytes.subarray(0, bytes.length - 20)));
  const {error} = await failureOf(buildModel(t, upstream).ask(question('Hi'), present()));
  t.is(error.code, 'upstream_failed');
});

test('an encoding that is unknown is an error that names it', async t => {
  const upstream = await scriptedUpstream(t, sendingEncoded('snappy', Buffer.from(stream)));
  const {error} = await failureOf(buildModel(t, upstream).ask(question('Hi'), present()));
  t.regex(error.message, /content encoding snappy/);
});

test('an answer in one piece is accepted where a stream was asked for', async t => {
  const whole = {
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{index: 0, message: {role: 'assistant', content: 'Hello'}, finish_reason: 'stop'}],
    usage: {prompt_tokens: 3, completion_tokens: 1, total_tokens: 4},
  };
  const upstream = await scriptedUpstream(
    t,
    replying(() => whole),
    {props: null},
  );
  const chunks = await ask(buildModel(t, upstream), question('Hi'));
  t.is(textOf(chunks), 'Hello');
  t.like(chunks.at(-1), {type: 'reply-end', usage: {inputTokens: 3, outputTokens: 1}});
});

test('an event stream that is called JSON is one all the same', async t => {
  const upstream = await scriptedUpstream(t, ({response}) => {
    response.writeHead(200, {'content-type': 'application/json'}).end(stream);
  });
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'Hello');
});

test('the headers of a rate limit reach every client', async t => {
  const headers = {
    'retry-after': '7',
    'x-ratelimit-remaining-tokens': '0',
    'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:00Z',
    'set-cookie': 'secret=1',
  };
  const script = failing(429, {error: {message: 'slow down'}}, headers);
  const upstream = await scriptedUpstream(t, script, {props: null});
  const {url} = await buildProxy(t, {upstream: {url: upstream.url}});
  const messages = [{role: 'user' as const, content: 'Hi'}];
  const clients = [
    new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0}).chat.completions.create({
      model: 'm',
      messages,
    }),
    new Anthropic({apiKey: 'k', baseURL: url, maxRetries: 0}).messages.create({
      model: 'm',
      max_tokens: 9,
      messages,
    }),
  ];
  for (const asked of clients) {
    const error = await t.throwsAsync<Error & {status: number; headers: Headers}>(asked);
    t.is(error?.status, 429);
    t.is(error?.headers.get('retry-after'), '7');
    t.is(error?.headers.get('x-ratelimit-remaining-tokens'), '0');
    t.is(error?.headers.get('set-cookie'), null);
  }
  const gemini = await fetch(`${url}/v1beta/models/m:generateContent`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({contents: [{parts: [{text: 'Hi'}]}]}),
  });
  t.is(gemini.headers.get('retry-after'), '7');
});

test.serial('a proxy of the environment is used for other hosts, and never for this machine', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const proxied: string[] = [];
  const proxy = createServer().on('connect', (request, client) => {
    proxied.push(request.url ?? '');
    const server = connect(Number(new URL(upstream.url).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
    t.teardown(() => void server.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => void proxy.close());
  withEnvironment(t, {
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    http_proxy: undefined,
    NO_PROXY: 'elsewhere.example',
    no_proxy: undefined,
  });
  const far = buildModel(t, {url: 'http://models.example/v1'});
  t.is(textOf(await ask(far, question('Hi'))), 'You said: Hi');
  t.deepEqual([...new Set(proxied)], ['models.example:80']);
  const count = proxied.length;
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'You said: Hi');
  const direct = buildModel(t, {url: 'http://elsewhere.example/v1', timeouts: {connect: 500}});
  await failureOf(direct.ask(question('Hi'), present()));
  t.is(proxied.length, count);
});

/** Sends a question to another host while HTTP_PROXY has this value. */
async function askThrough(t: ExecutionContext, proxy: string): Promise<RetakeError> {
  withEnvironment(t, {HTTP_PROXY: proxy, http_proxy: undefined, NO_PROXY: undefined, no_proxy: undefined});
  const {error} = await failureOf(
    buildModel(t, {url: 'http://models.example/v1'}).ask(question('Hi'), present()),
  );
  return error;
}

test.serial('a failure of the proxy is told from one of the upstream', async t => {
  const server = createServer().on('connect', (_request, client) => {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upstream = 'Cannot reach the upstream at http://models.example/v1 through the proxy';
  // Without a scheme, as curl takes it.
  const refused = await askThrough(t, host);
  t.is(refused.message, `${upstream}: it refuses with HTTP 407`);
  t.regex(refused.hint ?? '', /HTTP_PROXY/);
  server.close();
  await once(server, 'close');
  const absent = await askThrough(t, `http://name:secret@${host}`);
  t.is(absent.message, `${upstream} ${host}: nothing listens there`);
  t.is(absent.code, 'upstream_unavailable');
});

test.serial('a variable that is no URL of a proxy is named, without its value', async t => {
  withEnvironment(t, {HTTP_PROXY: 'ftp://name:secret@proxy.example', http_proxy: undefined});
  const error = t.throws(() => buildModel(t, {url: 'http://models.example/v1'}), {code: 'invalid_setting'});
  t.regex(error?.message ?? '', /HTTP_PROXY/);
  t.notRegex(error?.message ?? '', /secret/);
});

function withEnvironment(t: ExecutionContext, variables: Readonly<Record<string, string | undefined>>): void {
  const before = {...process.env};
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  t.teardown(() => {
    for (const name of Object.keys(variables)) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

function sendingEncoded(encoding: string, bytes: Buffer): Script {
  return ({response}) => {
    response.writeHead(200, {'content-type': 'text/event-stream', 'content-encoding': encoding});
    response.end(bytes);
  };
}
