import {LLMock} from '@copilotkit/aimock';
import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';

/** CopilotKit's mock of the three APIs as their provider: a server that we did not write. */
async function mocked(t: ExecutionContext) {
  const mock = new LLMock({port: 0, logLevel: 'silent'});
  mock
    .onMessage(/France/, {content: 'Paris – 🗼'})
    .onMessage(/weather/, {toolCalls: [{name: 'get_weather', arguments: '{"city":"Oslo"}'}]})
    .onImage(/.*/, {image: {b64Json: 'AAAA', revisedPrompt: 'a cat'}})
    .onSpeech(/Hello/, {audio: Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x80]).toString('base64'), format: 'mp3'})
    .onTranscription({transcription: {text: 'Hello'}})
    .onTranslation({transcription: {text: 'Hello'}})
    .onVideo(/cat/, {video: {id: 'video_1', status: 'completed', url: 'https://example.com/cat.mp4'}})
    .onModerate(/.*/, {flagged: false, categories: {violence: false}, category_scores: {violence: 0.01}})
    .onEmbedding(/.*/, {embedding: [0.25, -1, 3]});
  const provider = await mock.start();
  t.teardown(() => mock.stop());
  const upstream = {provider: true, gemini: provider, openai: `${provider}/v1`, anthropic: provider} as const;
  return {...(await buildProxy(t, {mode: 'auto', upstream})), provider};
}

const messages = [{role: 'user', content: 'Capital of France?'}];
const contents = [{role: 'user', parts: [{text: 'Capital of France?'}]}];
const tools = [
  {type: 'function', function: {name: 'get_weather', parameters: {type: 'object', properties: {}}}},
];

type Fields = readonly (readonly [string, string | File])[];

const sound = new File(['sound'], 'a.mp3', {type: 'audio/mpeg'});
const picture = new File(['picture'], 'a.png', {type: 'image/png'});
const lines = new File(['{"custom_id":"1"}\n'], 'a.jsonl', {type: 'application/jsonl'});
const vertex = '/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash';

/** Every endpoint that both know, with a JSON body, the fields of a form, or a body that is not there. */
const askings: readonly (readonly [string, string, object | Fields | undefined])[] = [
  ['chat', '/v1/chat/completions', {model: 'gpt-4o', messages}],
  ['chat, streamed', '/v1/chat/completions', {model: 'gpt-4o', messages, stream: true}],
  [
    'tool call',
    '/v1/chat/completions',
    {model: 'gpt-4o', messages: [{role: 'user', content: 'weather?'}], tools},
  ],
  [
    'tool call, streamed',
    '/v1/chat/completions',
    {model: 'gpt-4o', messages: [{role: 'user', content: 'weather?'}], tools, stream: true},
  ],
  ['response', '/v1/responses', {model: 'gpt-4o', input: 'Capital of France?'}],
  ['response, streamed', '/v1/responses', {model: 'gpt-4o', input: 'Capital of France?', stream: true}],
  ['embedding', '/v1/embeddings', {model: 'text-embedding-3-small', input: 'a'}],
  ['image', '/v1/images/generations', {model: 'gpt-image-1', prompt: 'a cat'}],
  ['speech', '/v1/audio/speech', {model: 'tts-1', input: 'Hello', voice: 'alloy'}],
  [
    'transcription',
    '/v1/audio/transcriptions',
    [
      ['model', 'whisper-1'],
      ['file', sound],
    ],
  ],
  [
    'translation',
    '/v1/audio/translations',
    [
      ['model', 'whisper-1'],
      ['file', sound],
    ],
  ],
  [
    'edit of an image',
    '/v1/images/edits',
    [
      ['model', 'gpt-image-1'],
      ['prompt', 'a cat'],
      ['image', picture],
    ],
  ],
  ['video', '/v1/videos', {model: 'sora-2', prompt: 'a cat'}],
  [
    'file',
    '/v1/files',
    [
      ['purpose', 'batch'],
      ['file', lines],
    ],
  ],
  ['list of files', '/v1/files', undefined],
  ['list of batches', '/v1/batches', undefined],
  ['fine-tuning job', '/v1/fine_tuning/jobs', {model: 'gpt-4o-mini', training_file: 'file-a'}],
  ['list of fine-tuning jobs', '/v1/fine_tuning/jobs', undefined],
  ['moderation', '/v1/moderations', {model: 'omni-moderation-latest', input: 'a'}],
  ['message', '/v1/messages', {model: 'claude-sonnet-5-5', max_tokens: 10, messages}],
  ['message, streamed', '/v1/messages', {model: 'claude-sonnet-5-5', max_tokens: 10, messages, stream: true}],
  ['generateContent', '/v1beta/models/gemini-2.5-flash:generateContent', {contents}],
  ['streamGenerateContent', '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', {contents}],
  ['streamGenerateContent as an array', '/v1beta/models/gemini-2.5-flash:streamGenerateContent', {contents}],
  ['embedContent', '/v1beta/models/text-embedding-004:embedContent', {content: {parts: [{text: 'a'}]}}],
  ['prediction of images', '/v1beta/models/imagen-4:predict', {instances: [{prompt: 'a cat'}]}],
  ['interaction', '/v1beta/interactions', {model: 'gemini-2.5-flash', input: 'Capital of France?'}],
  [
    'interaction, streamed',
    '/v1beta/interactions',
    {model: 'gemini-2.5-flash', input: 'Capital of France?', stream: true},
  ],
  ['generateContent of Vertex AI', `${vertex}:generateContent`, {contents}],
  ['streamGenerateContent of Vertex AI', `${vertex}:streamGenerateContent?alt=sse`, {contents}],
  ['model list', '/v1/models', undefined],
];

for (const [name, path, body] of askings) {
  test(`aimock as provider: ${name} is recorded, and replayed byte for byte`, async t => {
    const {url, proxy, cassette} = await mocked(t);
    const ask = (at: string) => {
      const headers = {authorization: 'Bearer sk-test'};
      if (body === undefined) return fetch(at + path, {headers});
      if (!Array.isArray(body)) {
        const json = {...headers, 'content-type': 'application/json'};
        return fetch(at + path, {method: 'POST', headers: json, body: JSON.stringify(body)});
      }
      const form = new FormData();
      for (const [name, value] of body as Fields) form.set(name, value);
      return fetch(at + path, {method: 'POST', headers, body: form});
    };
    const live = await ask(url);
    t.is(live.status, 200);
    t.is(live.headers.get('x-retake'), 'recorded');
    const answer = Buffer.from(await live.arrayBuffer());
    t.true(answer.length > 0);
    const {recorded, failed} = await proxy.verdict();
    t.deepEqual({recorded, failed}, {recorded: 1, failed: 0});
    await proxy.close();
    const {url: at, proxy: replay} = await buildProxy(t, {mode: 'replay', cassette});
    for (let time = 0; time < 2; time++) {
      const replayed = await ask(at);
      t.is(replayed.headers.get('x-retake'), 'hit');
      t.is(replayed.headers.get('content-type'), live.headers.get('content-type'));
      t.deepEqual(Buffer.from(await replayed.arrayBuffer()), answer);
    }
    t.is((await replay.verdict()).missed, 0);
  });
}

for (const [name, path, body] of askings.filter(([name]) =>
  /^(?:chat|message|generate|stream|response|interaction)/.test(name),
)) {
  test(`aimock's ${name} is understood: another API replays its recording`, async t => {
    const {post, proxy, cassette} = await mocked(t);
    await (await post(path, body as object)).text();
    await proxy.close();
    const {post: ask} = await buildProxy(t, {mode: 'replay', cassette});
    const {model = 'gemini-2.5-flash', max_tokens} = body as {model?: string; max_tokens?: number};
    const same = {model, messages, ...(max_tokens !== undefined && {max_tokens})};
    const other = path.includes('/chat/')
      ? await ask('/v1/responses', {model, input: 'Capital of France?'})
      : await ask('/v1/chat/completions', same);
    t.is(other.headers.get('x-retake'), 'hit');
    t.regex(await other.text(), /Paris – 🗼/);
  });
}
