import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {providerServer} from '../support/provider-server.js';

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

/** Answers that are kept in their bytes only, and what they say of their tokens. */
const answers: readonly (readonly [string, string, string, string, object[]])[] = [
  [
    'an image',
    '/v1/images/generations',
    'application/json',
    JSON.stringify({data: [], usage: {input_tokens: 50, output_tokens: 1056, total_tokens: 1106}}),
    [{model: 'm', inputTokens: 50, outputTokens: 1056}],
  ],
  [
    'a transcription that is billed by time',
    '/v1/audio/translations',
    'application/json',
    JSON.stringify({text: 'Hi', usage: {type: 'duration', seconds: 3}}),
    [],
  ],
  [
    'a streamed image',
    '/v1/images/edits',
    'text/event-stream',
    event({type: 'image_edit.partial_image', b64_json: 'AA'}) +
      event({type: 'image_edit.completed', usage: {input_tokens: 7, output_tokens: 9}}),
    [{model: 'm', inputTokens: 7, outputTokens: 9}],
  ],
  ['sound', '/v1/audio/speech', 'audio/mpeg', '"usage":{"input_tokens":9}', []],
  [
    'a picture in a Gemini answer',
    '/v1beta/models/m:generateContent',
    'application/json',
    JSON.stringify({
      candidates: [
        {
          content: {role: 'model', parts: [{inlineData: {mimeType: 'image/png', data: 'AAAA'}}]},
          finishReason: 'STOP',
        },
      ],
      modelVersion: 'gemini-2.5-flash-image',
      usageMetadata: {promptTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 2},
    }),
    [{model: 'gemini-2.5-flash-image', inputTokens: 3, outputTokens: 7}],
  ],
  [
    'a block of tomorrow in a Claude stream',
    '/v1/messages',
    'text/event-stream',
    event({
      type: 'message_start',
      message: {
        ...{id: 'm', type: 'message', role: 'assistant', model: 'claude', content: []},
        usage: {input_tokens: 9, cache_read_input_tokens: 100, output_tokens: 1},
      },
    }) +
      event({type: 'content_block_start', index: 0, content_block: {type: 'hologram'}}) +
      event({type: 'message_delta', delta: {stop_reason: 'end_turn'}, usage: {output_tokens: 30}}) +
      event({type: 'message_stop'}),
    [{model: 'claude', inputTokens: 109, outputTokens: 30}],
  ],
];

for (const [name, path, type, answer, expected] of answers) {
  test(`the tokens of ${name} are counted as far as it says`, async t => {
    const provider = await providerServer(t, (_request, response) => {
      response.writeHead(200, {'content-type': type}).end(answer);
    });
    const {url} = provider;
    const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url} as const;
    const {post, proxy} = await buildProxy(t, {mode: 'auto', upstream});
    const body = {
      ...{model: 'm', max_tokens: 10, stream: true, messages: [{role: 'user', content: 'Hi'}]},
    };
    const asked = path.includes('generateContent') ? {contents: [{parts: [{text: 'Hi'}]}]} : body;
    t.is(await (await post(path, asked)).text(), answer);
    const {recorded, spent = []} = await proxy.verdict();
    t.is(recorded, 1);
    const {host} = new URL(url);
    t.deepEqual(
      spent.map(tokens => ({...tokens, model: tokens.model.replace(host, 'HOST')})),
      expected as never,
    );
  });
}

test('what is fetched again has taken no tokens, and raw questions use up the limit', async t => {
  const provider = await providerServer(t, (_request, response) => {
    response
      .writeHead(200, {'content-type': 'application/json'})
      .end('{"usage":{"input_tokens":6,"output_tokens":6}}');
  });
  const upstream = {provider: true, openai: `${provider.url}/v1`, maxTokensSpent: 12} as const;
  const {post, url} = await buildProxy(t, {mode: 'record', upstream});
  const read = async () => (await fetch(`${url}/v1/batches/batch_1`)).status;
  t.is(await read(), 200);
  t.is(await read(), 200);
  t.is((await post('/v1/images/generations', {prompt: 'a cat'})).status, 200);
  t.is((await post('/v1/images/generations', {prompt: 'a dog'})).status, 403);
});

test('tokens of an answer that names no model count for the one in the form, else for the host', async t => {
  const provider = await providerServer(t, (_request, response) => {
    response
      .writeHead(200, {'content-type': 'application/json'})
      .end('{"text":"Hi","usage":{"input_tokens":6,"output_tokens":2}}');
  });
  const upstream = {provider: true, openai: `${provider.url}/v1`} as const;
  const {proxy, url} = await buildProxy(t, {mode: 'record', upstream});
  for (const model of ['whisper-9', undefined]) {
    const body = new FormData();
    if (model) body.set('model', model);
    body.set('file', new Blob([new Uint8Array([0, 255])]), 'a.wav');
    await (await fetch(`${url}/v1/audio/transcriptions`, {method: 'POST', body})).text();
  }
  t.deepEqual((await proxy.verdict()).spent, [
    {model: 'whisper-9', inputTokens: 6, outputTokens: 2},
    {model: new URL(provider.url).host, inputTokens: 6, outputTokens: 2},
  ]);
});
