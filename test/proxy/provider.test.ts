import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import type {Mode} from '../../src/cassette/modes.js';
import {buildProxy} from '../support/build-proxy.js';
import {type ProviderScript, providerServer, sendJson} from '../support/provider-server.js';

/** A provider, and a proxy in front of it that stands in for all three. */
async function proxied(
  t: ExecutionContext,
  script: ProviderScript,
  options: {readonly mode?: Mode; readonly cassette?: string} = {},
) {
  const provider = await providerServer(t, script);
  const upstream = {
    provider: true,
    gemini: provider.url,
    openai: `${provider.url}/v1`,
    anthropic: provider.url,
  } as const;
  const built = await buildProxy(t, {mode: 'auto', upstream, ...options});
  return {provider, ...built};
}

/** A proxy without an upstream that replays what another one recorded. */
async function replaying(t: ExecutionContext, cassette: string) {
  return buildProxy(t, {mode: 'replay', cassette});
}

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

const never: ProviderScript = () => {
  throw new Error('Nothing should be asked');
};

test('a request reaches the provider as the client wrote it', async t => {
  const {provider, url} = await proxied(t, (_request, response) => sendJson(response, {ok: true}), {
    mode: 'passthrough',
  });
  const body = '{ "model": "omni-moderation-latest",  "input": 1.50 }';
  const response = await fetch(`${url}/v1/moderations?a=1&b=%20`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      authorization: 'Bearer sk-mine',
      'openai-beta': 'x',
      'x-api-key': 'of another API',
      'x-retake-session': 's',
    },
    body,
  });
  t.is(response.status, 200);
  t.is(response.headers.get('x-retake'), 'live');
  const [request] = provider.requests;
  t.is(request?.method, 'POST');
  t.is(request?.url, '/v1/moderations?a=1&b=%20');
  t.is(String(request?.body), body);
  const {headers = {}} = request ?? {};
  t.is(headers.authorization, 'Bearer sk-mine');
  t.is(headers['content-type'], 'application/json; charset=utf-8');
  t.is(headers['openai-beta'], 'x');
  t.is(headers.host, new URL(provider.url).host);
  t.is(headers['x-api-key'], undefined);
  t.is(headers['x-retake-session'], undefined);
});

for (const [path, base, reached] of [
  ['/v1/moderations', '/v1', '/v1/moderations'],
  ['/v1/moderations', '', '/v1/moderations'],
  ['/openai/v1/moderations', '/gateway/openai/v1', '/gateway/openai/v1/moderations'],
  ['/v1/images/generations', '/v1beta/openai', '/v1beta/openai/images/generations'],
] as const) {
  test(`${path} with the base URL …${base} reaches ${reached}`, async t => {
    const provider = await providerServer(t, (_request, response) => sendJson(response, {}));
    const upstream = {provider: true, openai: provider.url + base} as const;
    const {post} = await buildProxy(t, {mode: 'passthrough', upstream});
    t.is((await post(path, {})).status, 200);
    t.is(provider.requests[0]?.url, reached);
  });
}

test('an error of the provider passes through unchanged, and is no take', async t => {
  const error = '{"error":{"message":"Rate limit","type":"requests","code":"rate_limit_exceeded"}}\n';
  const {post, proxy, provider} = await proxied(t, (_request, response) => {
    response.writeHead(429, {
      'content-type': 'application/json',
      'retry-after': '7',
      'x-ratelimit-remaining-requests': '0',
    });
    response.end(error);
  });
  for (const path of ['/v1/images/generations', '/v1/chat/completions']) {
    const response = await post(path, {model: 'm', messages: [{role: 'user', content: 'Hi'}]});
    t.is(response.status, 429);
    t.is(response.headers.get('retry-after'), '7');
    t.is(response.headers.get('x-ratelimit-remaining-requests'), '0');
    t.is(await response.text(), error);
  }
  t.is(provider.requests.length, 2);
  const {recorded, failed, used} = await proxy.verdict();
  t.deepEqual({recorded, failed, used}, {recorded: 0, failed: 2, used: []});
});

test('a redirect is passed on, and not followed', async t => {
  const other = await providerServer(t, never);
  const {url, provider} = await proxied(t, (_request, response) => {
    response.writeHead(302, {location: `${other.url}/elsewhere`}).end();
  });
  const response = await fetch(`${url}/v1/files/f/content`, {
    headers: {authorization: 'Bearer sk-mine'},
    redirect: 'manual',
  });
  t.is(response.status, 302);
  t.is(provider.requests.length, 1);
  t.is(other.requests.length, 0);
});

test('a raw question is recorded, and replayed byte for byte without the provider', async t => {
  const answer = '{ "results": [ {"flagged": false, "score": 1.0} ] }\n';
  const {post, provider, proxy, cassette} = await proxied(t, (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json; x=1', 'set-cookie': 'secret=1'}).end(answer);
  });
  const first = await post('/v1/moderations', {input: 'a', model: 'm'});
  t.is(first.headers.get('x-retake'), 'recorded');
  t.is(await first.text(), answer);
  const again = await post('/v1/moderations', {model: 'm', input: 'a'});
  t.is(again.headers.get('x-retake'), 'hit');
  t.is(provider.requests.length, 1);
  t.is((await proxy.verdict()).unused.length, 0);
  await proxy.close();

  const {post: ask} = await replaying(t, cassette);
  const replayed = await ask('/v1/moderations', {model: 'm', input: 'a'});
  t.is(replayed.headers.get('x-retake'), 'hit');
  t.is(replayed.headers.get('content-type'), 'application/json; x=1');
  t.is(replayed.headers.get('set-cookie'), null);
  t.is(await replayed.text(), answer);
  t.is((await ask('/v1/moderations', {model: 'm', input: 'b'})).status, 404);
});

test('what is refused of a chat is a raw question', async t => {
  const events =
    'data: {"object":"chat.completion.chunk","choices":[]}\r\n\r\n: ping\r\n\r\ndata: [DONE]\r\n\r\n';
  const {post, proxy, cassette} = await proxied(t, (_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'}).end(events);
  });
  const refused = {
    model: 'gpt-4o-audio-preview',
    stream: true,
    modalities: ['text', 'audio'],
    audio: {voice: 'alloy', format: 'pcm16'},
    messages: [{role: 'user', content: 'Hi'}],
  };
  t.is(await (await post('/v1/chat/completions', refused)).text(), events);
  await proxy.close();
  const {post: ask} = await replaying(t, cassette);
  const replayed = await ask('/v1/chat/completions', refused);
  t.is(replayed.status, 200);
  t.is(await replayed.text(), events);
});

test('sound comes back as the bytes it was', async t => {
  const sound = Buffer.from(Array.from({length: 5000}, (_, index) => (index * 7919) % 256));
  const {post, proxy, cassette} = await proxied(t, async (_request, response) => {
    response.writeHead(200, {'content-type': 'audio/mpeg'});
    response.write(sound.subarray(0, 1000));
    await new Promise(resolve => setTimeout(resolve, 20));
    response.end(sound.subarray(1000));
  });
  const asked = {model: 'tts-1', input: 'Hello', voice: 'alloy'};
  const live = Buffer.from(await (await post('/v1/audio/speech', asked)).arrayBuffer());
  t.deepEqual(live, sound);
  await proxy.close();
  const {post: ask} = await replaying(t, cassette);
  const replayed = await ask('/v1/audio/speech', asked);
  t.is(replayed.headers.get('content-type'), 'audio/mpeg');
  t.deepEqual(Buffer.from(await replayed.arrayBuffer()), sound);
});

test('a form matches by its parts, whatever its boundary', async t => {
  const {url, proxy, cassette, provider} = await proxied(t, (_request, response) =>
    sendJson(response, {text: 'Hello'}),
  );
  const transcribe = (at: string, sound: string) => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new File([sound], 'a.mp3', {type: 'audio/mpeg'}));
    return fetch(`${at}/v1/audio/transcriptions`, {method: 'POST', body: form});
  };
  t.deepEqual(await (await transcribe(url, 'one')).json(), {text: 'Hello'});
  t.is((await transcribe(url, 'one')).headers.get('x-retake'), 'hit');
  t.is((await transcribe(url, 'two')).headers.get('x-retake'), 'recorded');
  t.is(provider.requests.length, 2);
  await proxy.close();
  const {url: at} = await replaying(t, cassette);
  t.is((await transcribe(at, 'two')).status, 200);
  t.is((await transcribe(at, 'three')).status, 404);
});

test('a status that is polled gives the answers in their order', async t => {
  const statuses = ['queued', 'queued', 'running', 'done'];
  const {url, proxy, cassette, provider} = await proxied(t, (_request, response, index) =>
    sendJson(response, {id: 'b', status: statuses[index]}),
  );
  const poll = async (at: string) => {
    const seen: unknown[] = [];
    for (const _status of statuses) seen.push((await json(await fetch(`${at}/v1/batches/b`)))['status']);
    return seen;
  };
  t.deepEqual(await poll(url), statuses);
  t.is(provider.requests.length, 4);
  await proxy.close();
  const {url: at} = await replaying(t, cassette);
  t.deepEqual(await poll(at), statuses);
});

test('a later run polls the recording, and not the provider', async t => {
  const {url, proxy, cassette} = await proxied(t, (_request, response) =>
    sendJson(response, {status: 'done'}),
  );
  await fetch(`${url}/v1/batches/b`);
  await proxy.close();
  const {url: at, provider} = await proxied(t, never, {cassette});
  for (let time = 0; time < 3; time++) {
    t.is((await fetch(`${at}/v1/batches/b`)).headers.get('x-retake'), 'hit');
  }
  t.is(provider.requests.length, 0);
});

test('the model list is the one of the provider, and without a recording the own one', async t => {
  const {url, proxy, cassette} = await proxied(t, (_request, response) =>
    sendJson(response, {data: [{id: 'gpt-9'}]}),
  );
  t.deepEqual(await (await fetch(`${url}/v1/models`)).json(), {data: [{id: 'gpt-9'}]});
  await proxy.close();
  const {url: at} = await replaying(t, cassette);
  t.deepEqual(await (await fetch(`${at}/v1/models`)).json(), {data: [{id: 'gpt-9'}]});
  const {url: empty} = await buildProxy(t, {mode: 'auto'});
  t.notRegex(await (await fetch(`${empty}/v1/models`)).text(), /gpt-9/);
});

test('without a provider, the refusal says how to record what is not served', async t => {
  const {post} = await buildProxy(t, {mode: 'auto'});
  const response = await post('/v1/moderations', {input: 'a'});
  t.is(response.status, 404);
  t.regex(await response.text(), /--upstream.*provider/);
});

test('an encoded answer is stored decoded', async t => {
  const {post, proxy, cassette} = await proxied(t, (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json', 'content-encoding': 'gzip'});
    response.end(gzipSync('{"data":[]}'));
  });
  t.is(await (await post('/v1/images/generations', {prompt: 'a'})).text(), '{"data":[]}');
  await proxy.close();
  const {post: ask} = await replaying(t, cassette);
  t.is(await (await ask('/v1/images/generations', {prompt: 'a'})).text(), '{"data":[]}');
});

for (const [what, rest] of [
  ['broken off', undefined],
  ['ended without its last event', ''],
  ['ended in the middle of an event', 'data: {"object":'],
  ['ended by an error', 'data: {"error":{"message":"overloaded"}}\n\ndata: [DONE]\n\n'],
] as const) {
  test(`a stream that is ${what} is passed on, and is no take`, async t => {
    const begin = 'data: {"object":"chat.completion.chunk","choices":[]}\n\n';
    const {post, proxy, provider} = await proxied(t, async (_request, response) => {
      response.writeHead(200, {'content-type': 'text/event-stream'});
      response.write(begin);
      await new Promise(resolve => setTimeout(resolve, 50));
      if (rest === undefined) response.destroy();
      else response.end(rest);
    });
    const asked = {model: 'm', stream: true, modalities: ['audio'], messages: []};
    const response = await post('/v1/chat/completions', asked);
    if (rest === undefined) await t.throwsAsync(response.text());
    else t.is(await response.text(), begin + rest);
    const {recorded, failed, used} = await proxy.verdict();
    t.deepEqual({recorded, failed, used}, {recorded: 0, failed: 1, used: []});
    provider.follow((_request, answer) => {
      answer.writeHead(200, {'content-type': 'text/event-stream'}).end(`${begin}data: [DONE]\n\n`);
    });
    t.is((await post('/v1/chat/completions', asked)).headers.get('x-retake'), 'recorded');
  });
}

test('one of 10,000 credentials is in no file, log or error', async t => {
  const keys = Array.from({length: 200}, (_, index) =>
    createHash('sha256').update(`key ${index}`).digest('hex'),
  );
  const {url, proxy, cassette} = await proxied(t, ({headers, url: asked, body}, response, index) => {
    // The worst of servers: it repeats everything, in errors and in answers.
    sendJson(response, {headers, asked, body: String(body)}, index % 3 === 0 ? 401 : 200);
  });
  for (const [index, key] of keys.entries()) {
    const [name, value, query] = [
      ['authorization', `Bearer ${key}`, ''],
      ['x-api-key', key, ''],
      ['x-goog-api-key', key, ''],
      ['cookie', `session=${key}`, ''],
      ['x-nothing', '', `?key=${key}`],
    ][index % 5] as [string, string, string];
    const path =
      name === 'x-api-key'
        ? '/v1/messages/batches'
        : name.startsWith('x-goog')
          ? '/v1beta/files'
          : '/v1/moderations';
    await fetch(`${url}${path}${query}`, {
      method: 'POST',
      headers: {'content-type': 'application/json', [name]: value, 'x-retake-session': `s${index}`},
      body: JSON.stringify({input: index}),
    });
  }
  const verdict = JSON.stringify(await proxy.verdict());
  await proxy.close();
  const file = (await readFile(cassette)).toString('latin1');
  t.true(file.length > 10_000);
  t.deepEqual(
    keys.filter(key => file.includes(key) || verdict.includes(key)),
    [],
  );
});
