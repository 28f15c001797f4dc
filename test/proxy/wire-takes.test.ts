import test, {type ExecutionContext} from 'ava';
import type {ProxyOptions} from '../../src/index.js';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {type ProviderScript, providerServer} from '../support/provider-server.js';
import {calls, ends, says, scriptedModel} from '../support/scripted-model.js';

/** retake itself in the place of all three providers, and a proxy in front of it. */
async function proxied(t: ExecutionContext) {
  const {upstream: model, asked} = scriptedModel(({operation}) => {
    if (operation === 'embed') return [{type: 'embedding', input: 0, values: [0.5, -1]}, ends()];
    if (operation === 'count-tokens') return [{type: 'token-count', tokens: 42}, ends()];
    return [says('Par'), says('is – 🗼'), ends()];
  });
  const provider = await buildProxy(t, {mode: 'passthrough', upstream: model});
  const upstream = {
    provider: true,
    gemini: provider.url,
    openai: `${provider.url}/v1`,
    anthropic: provider.url,
  } as const;
  return {...(await buildProxy(t, {mode: 'auto', upstream})), provider, asked};
}

const messages = [{role: 'user', content: 'Capital of France?'}];
const contents = [{role: 'user', parts: [{text: 'Capital of France?'}]}];

const askings = [
  ['/v1/chat/completions', {model: 'm', messages}],
  ['/v1/chat/completions', {model: 'm', messages, stream: true}],
  ['/v1/chat/completions', {model: 'm', messages, stream: true, stream_options: {include_usage: true}}],
  ['/v1/responses', {model: 'm', input: 'Capital of France?'}],
  ['/v1/responses', {model: 'm', input: 'Capital of France?', stream: true}],
  ['/v1/completions', {model: 'm', prompt: 'Capital of France?'}],
  ['/v1/completions', {model: 'm', prompt: 'Capital of France?', stream: true}],
  ['/v1/embeddings', {model: 'm', input: 'a'}],
  ['/v1/messages', {model: 'm', max_tokens: 10, messages}],
  ['/v1/messages', {model: 'm', max_tokens: 10, messages, stream: true}],
  ['/v1/messages/count_tokens', {model: 'm', messages}],
  ['/v1beta/models/m:generateContent', {contents}],
  ['/v1beta/models/m:streamGenerateContent?alt=sse', {contents}],
  ['/v1beta/models/m:streamGenerateContent', {contents}],
  ['/v1beta/models/m:countTokens', {contents}],
  ['/v1beta/models/m:embedContent', {content: contents[0]}],
] as const;

for (const [path, body] of askings) {
  const kind = 'stream' in body ? `, streamed${'stream_options' in body ? ' with usage' : ''}` : '';
  test(`an answer to ${path}${kind} is replayed byte for byte`, async t => {
    const {post, proxy, cassette, provider, asked} = await proxied(t);
    const live = await post(path, body);
    t.is(live.status, 200);
    t.is(live.headers.get('x-retake'), 'recorded');
    const answer = await live.text();
    // The provider's id is of its time.
    t.is(withoutIds(answer), withoutIds(await (await provider.post(path, body)).text()));
    const count = asked.length;
    const again = await post(path, body);
    t.is(again.headers.get('x-retake'), 'hit');
    t.is(await again.text(), answer);
    t.is(asked.length, count);
    const {recorded, played, unused} = await proxy.verdict();
    t.deepEqual({recorded, played, unused}, {recorded: 1, played: 1, unused: []});
    await proxy.close();

    const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
    for (let time = 0; time < 2; time++) {
      const replayed = await ask(path, body);
      t.is(replayed.headers.get('x-retake'), 'hit');
      t.is(replayed.headers.get('content-type'), live.headers.get('content-type'));
      t.is(await replayed.text(), answer);
    }
  });
}

function withoutIds(text: string): string {
  return text.replaceAll(
    /[0-9a-f]{20,}|"created(?:_at)?":\d+|"completed_at":\d+|"createTime":"[^"]*"/g,
    'ID',
  );
}

test('another API or delivery gets the recording in its own form', async t => {
  const {post, proxy, cassette} = await proxied(t);
  await (await post('/v1/chat/completions', {model: 'm', messages, stream: true})).text();
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  const unary = await ask('/v1/chat/completions', {model: 'm', messages});
  t.is(unary.headers.get('x-retake'), 'hit');
  t.regex(await unary.text(), /"content":"Paris – 🗼"/);
  const gemini = await ask('/v1beta/models/m:generateContent', {contents});
  t.is(gemini.headers.get('x-retake'), 'hit');
  t.regex(await gemini.text(), /Paris – 🗼/);
  const anthropic = await ask('/v1/messages', {model: 'm', max_tokens: 10, messages, stream: true});
  t.not(anthropic.status, 500);
});

test('an answer is not played in the form of another endpoint, or of another framing', async t => {
  const {post, proxy, cassette} = await proxied(t);
  const chat = {model: 'm', messages};
  await (
    await post('/v1/chat/completions', {...chat, stream: true, stream_options: {include_usage: true}})
  ).text();
  await (await post('/v1/chat/completions', chat)).text();
  await (await post('/v1beta/models/m:streamGenerateContent?alt=sse', {contents})).text();
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  const plain = await (await ask('/v1/chat/completions', {...chat, stream: true})).text();
  t.notRegex(plain, /prompt_tokens/);
  t.regex(plain, /Par/);
  const response = await ask('/v1/responses', {model: 'm', input: 'Capital of France?'});
  t.is(response.headers.get('x-retake'), 'hit');
  t.regex(await response.text(), /"object":"response"/);
  const array = await ask('/v1beta/models/m:streamGenerateContent', {contents});
  t.is(array.headers.get('x-retake'), 'hit');
  t.true(Array.isArray(JSON.parse(await array.text())));
});

test('the model is a part of the key, and two models are two questions', async t => {
  const {post, asked} = await proxied(t);
  for (const model of ['one', 'two', 'one'])
    await (await post('/v1/chat/completions', {model, messages})).text();
  t.is(asked.length, 2);
});

/** A proxy in front of one server in the place of every provider. */
async function scripted(t: ExecutionContext, script: ProviderScript, options: Partial<ProxyOptions> = {}) {
  const provider = await providerServer(t, script);
  const upstream = {
    provider: true,
    gemini: provider.url,
    openai: `${provider.url}/v1`,
    anthropic: provider.url,
  } as const;
  return {...(await buildProxy(t, {mode: 'auto', upstream, ...options})), provider};
}

const anthropicEvents = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  ': keep-alive\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Paris"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];
const asked = {model: 'claude', max_tokens: 10, messages, stream: true};

for (const [name, lineEnd] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  for (const size of [1, 7, 100_000]) {
    test(`events with ${name} that come in pieces of ${size} bytes are understood and kept`, async t => {
      const body = Buffer.from(anthropicEvents.join('').replaceAll('\n', lineEnd));
      const {post, proxy, cassette} = await scripted(t, (_request, response) => {
        response.writeHead(200, {'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'r'});
        for (let start = 0; start < body.length; start += size)
          response.write(body.subarray(start, start + size));
        response.end();
      });
      const live = await post('/v1/messages', asked);
      t.is(live.headers.get('request-id'), 'r');
      t.is(await live.text(), String(body));
      t.is((await proxy.verdict()).recorded, 1);
      await proxy.close();
      const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
      t.is(await (await ask('/v1/messages', asked)).text(), String(body));
      const unary = await ask('/v1/messages', {...asked, stream: false});
      t.regex(await unary.text(), /"text":"Paris"/);
    });
  }
}

test('each event has its own time, and a client gets it as it comes', async t => {
  let go = () => {};
  const gate = new Promise<void>(resolve => {
    go = resolve;
  });
  const {post} = await scripted(t, async (_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    response.write(anthropicEvents.slice(0, 5).join(''));
    await gate;
    response.end(anthropicEvents.slice(5).join(''));
  });
  const response = await post('/v1/messages', asked);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('Paris')) text += (await reader?.read())?.value ?? '';
  t.false(text.includes('message_stop'));
  go();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) text += next.value;
  t.is(text, anthropicEvents.join(''));
});

for (const [what, count] of [
  ['cut in the middle', 5],
  ['without its last event', 7],
] as const) {
  test(`an answer ${what} is passed on, and no take`, async t => {
    const body = anthropicEvents.slice(0, count).join('');
    const {post, proxy} = await scripted(t, (_request, response) => {
      response.writeHead(200, {'content-type': 'text/event-stream'}).end(body);
    });
    t.is(await (await post('/v1/messages', asked)).text(), body);
    const {recorded, failed, used} = await proxy.verdict();
    t.deepEqual({recorded, failed, used}, {recorded: 0, failed: 1, used: []});
  });
}

test('an answer with something that no client of another API could be told is kept in its bytes only', async t => {
  const answer = JSON.stringify({
    candidates: [
      {
        content: {role: 'model', parts: [{inlineData: {mimeType: 'image/png', data: 'AAAA'}}]},
        finishReason: 'STOP',
      },
    ],
    usageMetadata: {promptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 8},
  });
  const {post, proxy, cassette} = await scripted(t, (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).end(answer);
  });
  const path = '/v1beta/models/m:generateContent';
  t.is(await (await post(path, {contents})).text(), answer);
  t.is((await post(path, {contents})).headers.get('x-retake'), 'hit');
  const {recorded, unused} = await proxy.verdict();
  t.deepEqual({recorded, unused}, {recorded: 1, unused: []});
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  t.is(await (await ask(path, {contents})).text(), answer);
  // The same question through another API has no answer.
  t.is((await ask('/v1/chat/completions', {model: 'm', messages})).status, 400);
});

test('what only the provider says comes back: citations, signatures, fields of tomorrow', async t => {
  const answer =
    '{"id":"msg_1","type":"message","role":"assistant","model":"claude","future":{"a":1.0},"content":[{"type":"text","text":"Paris","citations":null}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":3}}';
  const {post, proxy, cassette} = await scripted(t, (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).end(answer);
  });
  const unary = {...asked, stream: false};
  await (await post('/v1/messages', unary)).text();
  const {spent} = await proxy.verdict();
  t.deepEqual(spent, [{model: 'claude', inputTokens: 9, outputTokens: 3}]);
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  t.is(await (await ask('/v1/messages', unary)).text(), answer);
  t.regex(await (await ask('/v1/messages', asked)).text(), /Paris/);
});

test('a secret in an answer is redacted, and its bytes are not kept', async t => {
  const secret = `sk-proj-${'a1B2c3D4'.repeat(6)}`;
  const answer = (text: string) => ({
    ...{id: 'msg_1', type: 'message', role: 'assistant', model: 'claude'},
    content: [{type: 'text', text}],
    ...{stop_reason: 'end_turn', stop_sequence: null, usage: {input_tokens: 9, output_tokens: 3}},
  });
  const {post, proxy, cassette} = await scripted(t, (_request, response) => {
    response
      .writeHead(200, {'content-type': 'application/json'})
      .end(JSON.stringify(answer(`Use ${secret}.`)));
  });
  const unary = {...asked, stream: false};
  t.true((await (await post('/v1/messages', unary)).text()).includes(secret));
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  t.regex(await (await ask('/v1/messages', unary)).text(), /Use <redacted:[a-z-]+:1>\./);
});

test('a secret that the provider writes with escapes is redacted and found in a raw answer', async t => {
  const secret = 'token=a1B2c3D4';
  const written = '{"url":"https:\\/\\/files.example\\/x?token\\u003da1B2c3D4","kept":"\\u00fc\\/"}';
  t.is(JSON.parse(written).url, `https://files.example/x?${secret}`);
  const {post, proxy, cassette} = await scripted(
    t,
    (_request, response) => {
      response.writeHead(200, {'content-type': 'application/json'}).end(written);
    },
    {keySettings: {redact: [{name: 'link', pattern: 'token=\\w+'}]}},
  );
  t.is(await (await post('/v1/moderations', {input: 'a'})).text(), written);
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  t.is(
    await (await ask('/v1/moderations', {input: 'a'})).text(),
    '{"url":"https://files.example/x?<redacted:link:1>","kept":"\\u00fc\\/"}',
  );
});

test('no further request is sent once the tokens are spent', async t => {
  const provider = await buildProxy(t, {
    mode: 'passthrough',
    upstream: scriptedModel(() => [...calls('f', ['{}']), ends('tool-calls')]).upstream,
  });
  const upstream = {provider: true, openai: `${provider.url}/v1`, maxTokensSpent: 15} as const;
  const {post} = await buildProxy(t, {mode: 'record', upstream});
  const statuses: number[] = [];
  for (let time = 0; time < 3; time++) {
    const asking = {model: 'm', messages: [{role: 'user', content: String(time)}], tools: [tool]};
    const response = await post('/v1/chat/completions', asking);
    statuses.push(response.status);
    if (response.status === 403) t.regex(await response.text(), /--max-tokens-spent/);
  }
  t.deepEqual(statuses, [200, 200, 403]);
});

const tool = {type: 'function', function: {name: 'f', parameters: {type: 'object', properties: {}}}};

test('without a provider, a refused field or endpoint says that a provider could answer it', async t => {
  const {post} = await buildProxy(t, {
    mode: 'auto',
    upstream: scriptedModel(() => [says('Hi'), ends()]).upstream,
  });
  const body = {model: 'm', messages, modalities: ['text', 'audio'], audio: {voice: 'alloy', format: 'wav'}};
  for (const [path, asked] of [
    ['/v1/chat/completions', body],
    ['/v1/images/generations', {prompt: 'a cat'}],
  ] as const) {
    const {error} = (await (await post(path, asked)).json()) as {error: {message: string}};
    t.regex(
      error.message,
      /With the option `upstream\.provider`( \(--upstream provider\))?, the API itself answers it, and retake records that\.$/,
    );
  }
});

test('an answer in one piece to a request for a stream is recorded as it came', async t => {
  const whole =
    '{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Paris"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":3} }';
  const {post, proxy, cassette} = await scripted(t, ({body}, response) => {
    const text = String(body).includes('Broken') ? whole.slice(0, 40) : whole;
    response.writeHead(200, {'content-type': 'application/json'}).end(text);
  });
  t.is(await (await post('/v1/messages', asked)).text(), whole);
  await (await post('/v1/messages', {...asked, messages: [{role: 'user', content: 'Broken'}]})).text();
  t.like(await proxy.verdict(), {recorded: 1, spent: [{model: 'claude', inputTokens: 9, outputTokens: 3}]});
  await proxy.close();
  const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
  const replayed = await ask('/v1/messages', asked);
  t.is(replayed.headers.get('content-type'), 'application/json');
  t.is(await replayed.text(), whole);
  const other = await ask('/v1/messages', {...asked, stream: false});
  t.like(await other.json(), {content: [{type: 'text', text: 'Paris'}]});
});

/** Every endpoint of which retake reads the answers. */
const readEndpoints: readonly (readonly [string, object])[] = [
  ['/v1/chat/completions', {model: 'm', messages}],
  ['/v1/completions', {model: 'm', prompt: 'Hi'}],
  ['/v1/responses', {model: 'm', input: 'Hi'}],
  ['/v1/responses/input_tokens', {model: 'm', input: 'Hi'}],
  ['/v1/embeddings', {model: 'm', input: 'Hi'}],
  ['/v1/messages', {model: 'm', max_tokens: 9, messages}],
  ['/v1/messages/count_tokens', {model: 'm', messages}],
  ['/v1beta/models/m:generateContent', {contents}],
  ['/v1beta/models/m:countTokens', {contents}],
  ['/v1beta/models/m:embedContent', {content: contents[0]}],
  ['/v1beta/models/m:batchEmbedContents', {requests: [{model: 'models/m', content: contents[0]}]}],
  ['/v1beta/interactions', {model: 'm', input: 'Hi'}],
];

for (const [path, body] of readEndpoints) {
  test(`an answer of ${path} whose content is in a member of another name is kept in its bytes only`, async t => {
    const answer = '{"id":"x","model":"m","status":"completed","outputs":[{"type":"text","text":"Hello"}]}';
    const provider = await providerServer(t, (_request, response) => {
      response.writeHead(200, {'content-type': 'application/json'}).end(answer);
    });
    const {url} = provider;
    const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url} as const;
    const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream});
    t.is(await (await post(path, body)).text(), answer);
    await proxy.close();
    const [interaction] = await interactionsIn(cassette);
    t.is(interaction?.view['operation'], 'raw', path);
    const {post: again} = await buildProxy(t, {mode: 'replay', cassette});
    t.is(await (await again(path, body)).text(), answer);
  });
}

test('a key that a provider repeats in sound is not in the cassette', async t => {
  const key = 'sk-of-mine-0123456789';
  const sound = (text: string) =>
    Buffer.concat([Buffer.from([0xff, 0xfb]), Buffer.from(text), Buffer.from([0xff])]);
  const provider = await providerServer(t, ({headers}, response) => {
    response.writeHead(200, {'content-type': 'audio/mpeg'});
    response.write(sound(String(headers.authorization)).subarray(0, 15));
    response.end(sound(String(headers.authorization)).subarray(15));
  });
  const upstream = {provider: true, openai: `${provider.url}/v1`} as const;
  const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream});
  const asked = ['/v1/audio/speech', {model: 'tts-1', voice: 'alloy', input: 'Hi'}] as const;
  const live = await post(...asked, {authorization: `Bearer ${key}`});
  t.deepEqual(Buffer.from(await live.arrayBuffer()), sound(`Bearer ${key}`));
  await proxy.close();
  const {post: again} = await buildProxy(t, {mode: 'replay', cassette});
  const replayed = Buffer.from(await (await again(...asked)).arrayBuffer());
  t.deepEqual(replayed, sound('*'.repeat(`Bearer ${key}`.length)));
});
