import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import type {Mode} from '../../src/cassette/modes.js';
import {buildProxy} from '../support/build-proxy.js';
import {
  type ProvidedRequest,
  type ProviderScript,
  providerServer,
  sendJson,
} from '../support/provider-server.js';

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

/** What stands in the place of retake's own key, in each form in which clients send theirs. */
const ownKeys: readonly (readonly [
  name: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, string | undefined>>,
  reached: string,
])[] = [
  [
    'OpenAI',
    '/v1/moderations',
    {authorization: 'Bearer sk-client'},
    {authorization: 'Bearer own-openai'},
    '/v1/moderations',
  ],
  [
    'OpenAI at Azure',
    '/v1/moderations',
    {'api-key': 'sk-client'},
    {'api-key': 'own-openai', authorization: undefined},
    '/v1/moderations',
  ],
  ['OpenAI without a key', '/v1/moderations', {}, {authorization: 'Bearer own-openai'}, '/v1/moderations'],
  [
    'Anthropic',
    '/v1/messages/batches',
    {'x-api-key': 'sk-client'},
    {'x-api-key': 'own-anthropic'},
    '/v1/messages/batches',
  ],
  [
    'Anthropic with a token',
    '/v1/messages/batches',
    {authorization: 'Bearer sk-client'},
    {'x-api-key': 'own-anthropic', authorization: undefined},
    '/v1/messages/batches',
  ],
  [
    'Gemini',
    '/v1beta/models/m:generateVideos?a=%20',
    {'x-goog-api-key': 'sk-client'},
    {'x-goog-api-key': 'own-gemini'},
    '/v1beta/models/m:generateVideos?a=%20',
  ],
  [
    'Gemini with its key in the query',
    '/v1beta/models/m:generateVideos?a=%20&key=sk-client&b=1.0',
    {},
    {'x-goog-api-key': undefined},
    '/v1beta/models/m:generateVideos?a=%20&key=own-gemini&b=1.0',
  ],
  [
    'Gemini with a token',
    '/v1beta/models/m:generateVideos?access_token=sk-client',
    {authorization: 'Bearer sk-client'},
    {'x-goog-api-key': 'own-gemini', authorization: undefined},
    '/v1beta/models/m:generateVideos',
  ],
];

const keys = {gemini: 'own-gemini', openai: 'own-openai', anthropic: 'own-anthropic'};

for (const [name, path, headers, sent, reached] of ownKeys) {
  test(`retake's own key takes the place of the client's: ${name}`, async t => {
    const repeated = ({url, headers: got}: ProvidedRequest) => ({repeated: [url, got]});
    const provider = await providerServer(t, (request, response, index) =>
      index === 0
        ? sendJson(response, repeated(request))
        : sendJson(response, {error: repeated(request)}, 401),
    );
    const {url} = provider;
    const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url, keys} as const;
    const logged: unknown[] = [];
    const {post, proxy, cassette} = await buildProxy(t, {
      upstream,
      mode: 'auto',
      onExchange: exchange => logged.push(exchange),
    });
    t.is((await post(path, {a: 1}, headers)).status, 200);
    const [request] = provider.requests;
    t.is(request?.url, reached);
    for (const [header, value] of Object.entries(sent)) t.is(request?.headers[header], value);
    t.false(JSON.stringify([request?.url, request?.headers]).includes('sk-client'));
    // Nothing repeats it to the client that does not have it, nor keeps it.
    const refused = await post(path, {a: 2}, headers);
    t.is(refused.status, 401);
    const own = /own-(?:openai|anthropic|gemini)/;
    t.notRegex(await refused.text(), own);
    t.notRegex(JSON.stringify([...refused.headers]), own);
    t.notRegex(JSON.stringify(await proxy.verdict()), own);
    await proxy.close();
    t.notRegex((await readFile(cassette)).toString('latin1'), own);
    t.notRegex(JSON.stringify(logged), own);
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
  const missed = await ask('/v1/moderations', {model: 'm', input: 'b'});
  t.is(missed.headers.get('x-retake'), 'miss');
  t.regex(
    await missed.text(),
    /No take of this request.*POST \/v1\/moderations: b.*body\.json: asked .*b.*recorded .*a.*--upstream provider/s,
  );
});

test('what is not served is a miss only beside recordings of raw questions', async t => {
  const {post, proxy, cassette} = await proxied(t, (_request, response) => sendJson(response, {}));
  await post('/v1/moderations', {input: 'a'});
  await proxy.close();
  const replay = await replaying(t, cassette);
  await replay.post('/v1/images/generations', {prompt: 'a cat'});
  t.is((await fetch(`${replay.url}/v1/models`)).status, 200);
  t.is((await replay.proxy.verdict()).missed, 1);
  const empty = await buildProxy(t, {mode: 'replay'});
  t.is((await empty.post('/v1/images/generations', {prompt: 'a cat'})).status, 404);
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
  t.is((await transcribe(at, 'three')).headers.get('x-retake'), 'miss');
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

test('none of 10,000 credentials is in a file, a log or a verdict', async t => {
  const provider = await providerServer(t, ({headers, url, body}, response, index) => {
    // The worst of servers: it repeats everything, in errors and in answers.
    sendJson(response, {headers, url, body: String(body)}, index % 10 === 0 ? 401 : 200);
  });
  const logged: unknown[] = [];
  const upstream = {
    provider: true,
    gemini: provider.url,
    openai: `${provider.url}/v1`,
    anthropic: provider.url,
  } as const;
  const {url, proxy, cassette} = await buildProxy(t, {
    mode: 'auto',
    upstream,
    onExchange: exchange => logged.push(exchange),
    onNotice: notice => logged.push(notice),
  });
  const keys: string[] = [];
  const plant = (name: string) => {
    const key = createHash('sha256').update(`${name} ${keys.length}`).digest('hex');
    keys.push(key);
    return key;
  };
  const paths = ['/v1/moderations', '/v1/messages/batches', '/v1beta/interactions'];
  const ask = async (index: number) => {
    const response = await fetch(`${url}${paths[index % 3]}?key=${plant('query')}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${plant('bearer')}`,
        cookie: `session=${plant('cookie')}`,
        [['api-key', 'x-api-key', 'x-goog-api-key'][index % 3] ?? '']: plant('api'),
        'x-auth-token': plant('token'),
      },
      body: JSON.stringify({input: index}),
    });
    await response.arrayBuffer();
  };
  for (let start = 0; start < 2000; start += 50) {
    await Promise.all(Array.from({length: 50}, (_, index) => ask(start + index)));
  }
  t.is(keys.length, 10_000);
  t.is(provider.requests.length, 2000);
  const verdict = await proxy.verdict();
  t.is(verdict.recorded, 1800);
  await proxy.close();
  const told = [(await readFile(cassette)).toString('latin1'), JSON.stringify([verdict, logged])];
  t.deepEqual(
    keys.filter(key => told.some(text => text.includes(key))),
    [],
  );
});

/** A strict proxy in front of a provider, with or without a key of its own, after one recorded request. */
async function strict(t: ExecutionContext, keys?: {readonly openai: string}) {
  const {provider, url, cassette, proxy} = await proxied(t, (_request, response) =>
    sendJson(response, {flagged: true}),
  );
  await sendChat(`${url}/v1/moderations`, {input: 'recorded'});
  await proxy.close();
  const upstream = {provider: true, openai: `${provider.url}/v1`, keys} as const;
  return {
    provider,
    ...(await buildProxy(t, {mode: 'replay', allowModeOverride: true, upstream, cassette})),
  };
}

async function sendChat(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer of-the-client',
      cookie: 'session=of-the-client',
      'openai-beta': 'x',
    },
    body: JSON.stringify(body),
  });
}

const recordLast = (url: string, id: number) =>
  fetch(`${url}/_retake/v1/exchanges/${id}/record`, {method: 'POST'});

test('a missed request is recorded through the control API with the key of retake itself', async t => {
  const {provider, url} = await strict(t, {openai: 'sk-own-key'});
  const chat = {model: 'm', messages: [{role: 'user', content: 'Late'}], stream: true, odd: 1.5};
  const moderation = {input: 'late'};
  t.is((await sendChat(`${url}/v1/chat/completions?a=1&api_key=of-the-client`, chat)).status, 400);
  t.is((await sendChat(`${url}/v1/moderations`, moderation)).status, 400);
  const streamed =
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Here"},"finish_reason":"stop"}]}\r\n\r\ndata: [DONE]\r\n\r\n';
  provider.follow(({url: asked}, response) => {
    if (asked.includes('moderations')) return sendJson(response, {flagged: false});
    response.writeHead(200, {'content-type': 'text/event-stream'}).end(streamed);
  });
  t.like(await json(await recordLast(url, 1)), {outcome: 'recorded', answer: {candidates: [{text: 'Here'}]}});
  t.like(await json(await recordLast(url, 2)), {outcome: 'recorded'});
  const sent = provider.requests.slice(-2);
  t.is(sent[0]?.url, '/v1/chat/completions?a=1');
  t.deepEqual(
    sent.map(({body}) => JSON.parse(String(body))),
    [chat, moderation],
  );
  t.is(sent[1]?.headers.authorization, 'Bearer sk-own-key');
  t.is(sent[1]?.headers['openai-beta'], 'x');
  t.notRegex(JSON.stringify(sent), /of-the-client/);
  const replayed = await sendChat(`${url}/v1/chat/completions?a=1`, chat);
  t.is(replayed.headers.get('x-retake'), 'hit');
  t.is(await replayed.text(), streamed);
  t.is(await (await sendChat(`${url}/v1/moderations`, moderation)).text(), '{"flagged":false}');
});

const shownMiss = async (url: string) => (await fetch(`${url}/_retake/ui/exchanges/1`)).text();

test('a missed request is not recorded without a key, and a provider that refuses it says so', async t => {
  const keyless = await strict(t);
  await sendChat(`${keyless.url}/v1/moderations`, {input: 'late'});
  const refused = await recordLast(keyless.url, 1);
  t.like(await json(refused), {error: {code: 'not_supported'}});
  t.regex(await shownMiss(keyless.url), /no key of its own/);
  const {provider, url} = await strict(t, {openai: 'sk-own-key'});
  await sendChat(`${url}/v1/moderations`, {input: 'late'});
  t.regex(await shownMiss(url), /Record this/);
  provider.follow((_request, response) =>
    sendJson(response, {error: {message: 'Slow down, sk-own-key: you have 3 requests a minute'}}, 429),
  );
  const limited = await recordLast(url, 1);
  t.is(limited.status, 429);
  const {error} = (await json(limited)) as {error: {message: string}};
  t.regex(
    error.message,
    /answered HTTP 429 to POST \/v1\/moderations: Slow down, .*: you have 3 requests a minute/,
  );
  t.notRegex(error.message, /sk-own-key/);
});

test('a file that a strict run uploads is a miss if the cassette has uploads, and stored by retake if it has none', async t => {
  const upload = async (url: string, text: string) => {
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([text]), 'a.jsonl');
    return fetch(`${url}/v1/files`, {method: 'POST', body: form});
  };
  const {url, cassette, proxy} = await proxied(t, (_request, response) => sendJson(response, {id: 'file-1'}));
  await upload(url, 'recorded');
  await proxy.close();
  const replay = await replaying(t, cassette);
  t.is((await upload(replay.url, 'recorded')).headers.get('x-retake'), 'hit');
  const changed = await upload(replay.url, 'changed');
  t.is(changed.headers.get('x-retake'), 'miss');
  t.is((await fetch(`${replay.url}/v1/files/file-2`)).headers.get('x-retake'), 'miss');
  t.is((await fetch(`${replay.url}/v1/models`)).status, 200);
  t.like(await replay.proxy.verdict(), {played: 1, missed: 2});
  const others = await strict(t);
  t.is((await upload(others.url, 'own')).status, 200);
});
