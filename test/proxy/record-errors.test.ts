import {readFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import OpenAI from 'openai';
import type {Mode} from '../../src/cassette/modes.js';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {type ProviderScript, providerServer, sendJson} from '../support/provider-server.js';
import {failing, scriptedUpstream} from '../support/scripted-upstream.js';

/** A proxy that records errors, in front of one server in the place of every provider. */
async function proxied(
  t: ExecutionContext,
  script: ProviderScript,
  options: {readonly mode?: Mode; readonly keys?: {readonly openai: string}} = {},
) {
  const provider = await providerServer(t, script);
  const {url} = provider;
  const {mode = 'auto', keys} = options;
  const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url, keys} as const;
  return {...(await buildProxy(t, {mode, upstream, recordErrors: true})), provider};
}

const messages = [{role: 'user' as const, content: 'Hi'}];
const contents = [{role: 'user', parts: [{text: 'Hi'}]}];
const chat = {model: 'm', messages};
const completion = {
  ...{id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm'},
  choices: [{index: 0, message: {role: 'assistant', content: 'Hello', refusal: null}, finish_reason: 'stop'}],
  usage: {prompt_tokens: 1, completion_tokens: 1, total_tokens: 2},
};

/** A provider's error, with what must not be kept of its headers. */
const refuse =
  (status: number, body: string): ProviderScript =>
  (_request, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'retry-after': '7',
      'x-ratelimit-remaining-requests': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:00Z',
      'set-cookie': 'secret=1',
    });
    response.end(body);
  };

const askings: readonly (readonly [string, object])[] = [
  ['/v1/chat/completions', chat],
  ['/v1/chat/completions', {...chat, stream: true}],
  ['/v1/responses', {model: 'm', input: 'Hi', stream: true}],
  ['/v1/embeddings', {model: 'm', input: 'Hi'}],
  ['/v1/messages', {model: 'm', max_tokens: 10, messages, stream: true}],
  ['/v1beta/models/m:generateContent', {contents}],
  ['/v1beta/models/m:streamGenerateContent?alt=sse', {contents}],
  ['/v1/images/generations', {model: 'gpt-image-1', prompt: 'a cat'}],
];

for (const [path, body] of askings) {
  for (const [status, text] of [
    [429, ' {"error" : {"message":"Rate limit – 🗼","type":"requests","code":1.0}}\n'],
    [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'],
    [500, '<html>Bad</html>'],
    [400, '[{"error":{"code":400,"message":"no"}}]'],
  ] as const) {
    const kind = 'stream' in body ? ', streamed' : '';
    test(`the error ${status} of ${path}${kind} is recorded, and replayed byte for byte`, async t => {
      const {post, proxy, cassette} = await proxied(t, refuse(status, text));
      const live = await post(path, body);
      t.is(live.status, status);
      t.is(live.headers.get('x-retake'), 'recorded');
      t.is(await live.text(), text);
      const {recorded, recordedErrors, failed} = await proxy.verdict();
      t.deepEqual({recorded, recordedErrors, failed}, {recorded: 1, recordedErrors: 1, failed: 0});
      await proxy.close();
      t.false((await readFile(cassette)).includes('secret=1'));

      const {post: ask, proxy: replay} = await buildProxy(t, {mode: 'replay', cassette});
      for (let time = 0; time < 2; time++) {
        const replayed = await ask(path, body);
        t.is(replayed.status, status);
        t.is(replayed.headers.get('x-retake'), 'hit');
        for (const header of [
          'content-type',
          'retry-after',
          'x-ratelimit-remaining-requests',
          'anthropic-ratelimit-requests-reset',
        ])
          t.is(replayed.headers.get(header), live.headers.get(header), header);
        t.is(await replayed.text(), text);
      }
      const {played, failed: broken, unused} = await replay.verdict();
      t.deepEqual({played, broken, unused}, {played: 2, broken: 0, unused: []});
    });
  }
}

test('another API gets a recorded error in its own shape', async t => {
  const error = '{"error":{"message":"Slow down","type":"requests"}}';
  const {post, proxy, cassette} = await proxied(t, refuse(429, error));
  await (await post('/v1/chat/completions', chat)).text();
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  const response = await ask('/v1/responses', {model: 'm', input: 'Hi'});
  t.is(response.status, 429);
  t.is(response.headers.get('retry-after'), '7');
  t.is(response.headers.get('x-should-retry'), null);
  t.like(await response.json(), {error: {message: 'Slow down', type: 'rate_limit_error'}});
  const gemini = await ask('/v1beta/models/m:generateContent', {contents});
  t.is(gemini.status, 429);
  t.like(await gemini.json(), {error: {code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED'}});
  const streamed = await ask('/v1/chat/completions', {...chat, stream: true});
  t.is(streamed.status, 429);
});

for (const mode of ['auto', 'record'] as const) {
  test(`in mode ${mode}, an SDK's retries are the takes of one request, in their order`, async t => {
    const script: ProviderScript = (_request, response, index) => {
      if (index >= 2) return sendJson(response, completion);
      response.writeHead(429, {'content-type': 'application/json', 'retry-after-ms': '1'}).end('{}');
    };
    const {url, proxy, cassette, provider, post} = await proxied(t, script, {mode});
    const statuses = async (at: string) => {
      const seen: number[] = [];
      const openai = new OpenAI({
        baseURL: `${at}/v1`,
        apiKey: 'sk-mine',
        maxRetries: 4,
        fetch: async (input, init) => {
          const response = await fetch(input as string, init);
          seen.push(response.status);
          return response;
        },
      });
      const {choices} = await openai.chat.completions.create({model: 'm', messages});
      t.is(choices[0]?.message.content, 'Hello');
      return seen;
    };
    t.deepEqual(await statuses(url), [429, 429, 200]);
    // What followed the errors is recorded, and the provider is not asked for it again.
    if (mode === 'auto') t.is((await post('/v1/chat/completions', chat)).status, 200);
    t.is(provider.requests.length, 3);
    const {recorded, recordedErrors, failed, unused} = await proxy.verdict();
    t.deepEqual(
      {recorded, recordedErrors, failed, unused},
      {recorded: 3, recordedErrors: 2, failed: 0, unused: []},
    );
    await proxy.close();
    const [interaction] = await interactionsIn(cassette);
    t.deepEqual(
      interaction?.takes.map(({error}) => error?.status),
      [429, 429, undefined],
    );

    const {url: at, proxy: replay} = await buildProxy(t, {mode: 'replay', cassette});
    t.deepEqual(await statuses(at), [429, 429, 200]);
    const {played, missed, repeated, unused: left} = await replay.verdict();
    t.deepEqual({played, missed, repeated, left}, {played: 3, missed: 0, repeated: [], left: []});
  });
}

/** What is no error with which the upstream answered the question. */
const others: Readonly<Record<string, ProviderScript>> = {
  'an error about the key': refuse(401, '{"error":{"message":"Incorrect API key"}}'),
  'a refusal of the key': refuse(403, '{"error":{"message":"No access"}}'),
  'a redirect': refuse(302, ''),
  'a broken connection': (_request, response) => void response.destroy(),
  'an error in the middle of a stream': (_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    response.end(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n',
    );
  },
  'an answer that is cut': (_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    response.end(
      'data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
    );
  },
};

for (const [name, script] of Object.entries(others)) {
  test(`${name} is not recorded as an error`, async t => {
    const {url, proxy, cassette} = await proxied(t, script);
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      redirect: 'manual',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({model: 'm', max_tokens: 10, messages, stream: true}),
    });
    await response.text().catch(() => {});
    const {recorded, recordedErrors, used} = await proxy.verdict();
    t.deepEqual({recorded, recordedErrors, used}, {recorded: 0, recordedErrors: 0, used: []});
    await proxy.close();
    t.deepEqual(await interactionsIn(cassette).catch(() => []), []);
  });
}

test('the tokens that may be spent are no error of the provider', async t => {
  const provider = await providerServer(t, (_request, response) => sendJson(response, completion));
  const upstream = {provider: true, openai: `${provider.url}/v1`, maxTokensSpent: 1} as const;
  const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream, recordErrors: true});
  t.is((await post('/v1/chat/completions', chat)).status, 200);
  t.is((await post('/v1/chat/completions', {...chat, model: 'n'})).status, 403);
  await proxy.close();
  t.is((await interactionsIn(cassette)).length, 1);
});

test('a recorded error holds neither the key nor a secret that it repeats', async t => {
  const secret = `sk-proj-${'a1B2c3D4'.repeat(6)}`;
  const body = (key: string) => JSON.stringify({error: {message: `Key ${key} may not use ${secret}.`}});
  const script: ProviderScript = ({headers}, response) =>
    void response
      .writeHead(404, {'content-type': 'application/json'})
      .end(body(String(headers.authorization).slice(7)));
  for (const keys of [undefined, {openai: 'the-own-key'}]) {
    const {post, proxy, cassette} = await proxied(t, script, keys ? {keys} : {});
    const live = await post('/v1/chat/completions', chat, {authorization: 'Bearer key-of-client'});
    t.is(await live.text(), body(keys ? '<redacted:credential:1>' : 'key-of-client'));
    await proxy.close();
    const file = (await readFile(cassette)).toString('latin1');
    for (const text of ['key-of-client', 'the-own-key', secret]) t.false(file.includes(text));
    const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
    const replayed = await ask('/v1/chat/completions', chat);
    t.is(replayed.status, 404);
    t.regex(
      await replayed.text(),
      /^\{"error":\{"message":"Key <redacted:[\w:-]+> may not use <redacted:[\w:-]+>\."\}\}$/,
    );
  }
});

for (const [status, code] of [
  [429, 429],
  [400, 400],
  [422, 422],
  [500, 502],
  [503, 503],
] as const) {
  test(`the error ${status} of an OpenAI-compatible server is recorded, and replayed as it was sent`, async t => {
    const upstream = await scriptedUpstream(t, failing(status, {error: {message: 'not now'}}));
    const {post, proxy, cassette} = await buildProxy(t, {
      mode: 'auto',
      upstream: {url: upstream.url},
      recordErrors: true,
    });
    const asked = {...chat, max_tokens: 10};
    const live = await post('/v1/chat/completions', asked);
    t.is(live.status, code);
    const text = await live.text();
    t.is((await proxy.verdict()).recordedErrors, 1);
    await proxy.close();
    const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
    const replayed = await ask('/v1/chat/completions', asked);
    t.is(replayed.status, code);
    t.is(replayed.headers.get('x-retake'), 'hit');
    t.is(replayed.headers.get('x-should-retry'), live.headers.get('x-should-retry'));
    t.is(await replayed.text(), text);
    const anthropic = await ask('/v1/messages', {model: 'm', max_tokens: 10, messages});
    t.is(anthropic.status, code);
    t.like(await anthropic.json(), {type: 'error'});
  });
}

test('an error that the server does not give because of the question is not recorded', async t => {
  const refusing = await scriptedUpstream(t, failing(401, {error: {message: 'Who are you?'}}));
  const first = await buildProxy(t, {mode: 'auto', upstream: {url: refusing.url}, recordErrors: true});
  t.is((await first.post('/v1/chat/completions', chat)).status, 502);
  t.is((await first.proxy.verdict()).recorded, 0);
  const absent = {url: 'http://127.0.0.1:9/v1'};
  const second = await buildProxy(t, {mode: 'auto', upstream: absent, recordErrors: true});
  t.is((await second.post('/v1/chat/completions', chat)).status, 503);
  t.is((await second.proxy.verdict()).recorded, 0);
});

test('with the recorded pace, an error comes when it came', async t => {
  const {post, proxy, cassette} = await proxied(t, async (request, response, index) => {
    await new Promise(resolve => setTimeout(resolve, 300));
    await refuse(500, '{}')(request, response, index);
  });
  await (await post('/v1/chat/completions', chat)).text();
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette, pace: 'recorded'});
  const begin = performance.now();
  t.is((await ask('/v1/chat/completions', chat)).status, 500);
  t.true(performance.now() - begin >= 250);
});

for (const status of [400, 404, 409, 422, 429, 500, 503, 529]) {
  test(`an error ${status} of an OpenAI-compatible server has no code of retake, live and replayed, in any API`, async t => {
    // The message repeats the credential, which is concealed.
    const server = await scriptedUpstream(t, failing(status, {error: {message: 'No, s3cret-key.'}}), {
      props: null,
    });
    const upstream = {url: server.url, authorization: 'Bearer s3cret-key'};
    const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream, recordErrors: true});
    const asked = [
      ['/v1/chat/completions', chat],
      ['/v1/messages', {model: 'm', max_tokens: 10, messages}],
      ['/v1beta/models/m:generateContent', {contents}],
    ] as const;
    const ask = (send: typeof post) =>
      Promise.all(
        asked.map(async ([path, body]) => {
          const response = await send(path, body);
          return {status: response.status, text: await response.text()};
        }),
      );
    const live = await ask(post);
    await proxy.close();
    const {post: again} = await buildProxy(t, {mode: 'replay', cassette});
    t.deepEqual(await ask(again), live);
    for (const {status: got, text} of live) {
      // A failure of the upstream is not one of retake.
      t.is(got, status === 500 || status === 529 ? 502 : status);
      t.notRegex(text, /s3cret/);
      t.notRegex(text, /upstream_|UPSTREAM_|"domain":"retake"/);
    }
    const [openai] = live;
    t.is(JSON.parse(openai?.text ?? '').error.code, status === 429 ? 'rate_limit_exceeded' : null);
  });
}
