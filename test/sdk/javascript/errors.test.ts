import Anthropic from '@anthropic-ai/sdk';
import {ApiError} from '@google/genai';
import test from 'ava';
import OpenAI from 'openai';
import {liveProxy} from '../../proxy/live-proxy.js';
import {chunk, cuttingAfter, failing, type Script, sending} from '../../support/scripted-upstream.js';
import {geminiClient, openaiClient} from './clients.js';

const asked = {model: 'gemini-2.5-flash', contents: 'hi'};
const messages = [{role: 'user' as const, content: 'hi'}];

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const brokenStreams: readonly (readonly [string, Script])[] = [
  ['is cut off', cuttingAfter(['Hello ', 'there'])],
  ['has no end', sending(event(chunk(0, {content: 'Hello '})))],
  [
    'reports an error',
    sending(event(chunk(0, {content: 'Hello '})), event({error: {code: 500, message: 'the slot is gone'}})),
  ],
];

for (const [name, script] of brokenStreams) {
  test(`openai: a stream that ${name} raises an error after its pieces`, async t => {
    const {url} = await liveProxy(t, {script});
    const client = openaiClient(url);
    for (const readAll of [
      async () => {
        for await (const _piece of await client.chat.completions.create({
          model: 'm',
          messages,
          stream: true,
        }));
      },
      async () => {
        await client.chat.completions.stream({model: 'm', messages}).finalChatCompletion();
      },
    ]) {
      await t.throwsAsync(readAll, {instanceOf: OpenAI.APIError});
    }
  });

  test(`@google/genai: a stream that ${name} raises an error after its pieces`, async t => {
    const {url} = await liveProxy(t, {script});
    const client = geminiClient(url);
    const error = await t.throwsAsync(
      async () => {
        for await (const _piece of await client.models.generateContentStream(asked));
      },
      {instanceOf: ApiError},
    );
    t.is(error?.status, 502);
  });
}

const statuses: readonly (readonly [string, Script, number, new (...args: never[]) => Error])[] = [
  ['refuses the request', failing(400, {error: {message: 'too long'}}), 400, OpenAI.BadRequestError],
  ['is overloaded', failing(429, {error: {message: 'slow down'}}), 429, OpenAI.RateLimitError],
  ['fails', failing(500, {error: {message: 'out of memory'}}), 502, OpenAI.InternalServerError],
];

for (const [name, script, status, OpenaiError] of statuses) {
  test(`an upstream that ${name} is an error with status ${status} in both SDKs, streamed or not`, async t => {
    const {url} = await liveProxy(t, {script});
    const openai = openaiClient(url).withOptions({maxRetries: 0});
    const google = geminiClient(url);
    for (const stream of [true, false]) {
      const raised = await t.throwsAsync(
        async () => openai.chat.completions.create({model: 'm', messages, stream}),
        {instanceOf: OpenaiError},
      );
      t.like(raised, {status});
    }
    for (const ask of [
      () => google.models.generateContent(asked),
      () => google.models.generateContentStream(asked),
    ]) {
      const raised = await t.throwsAsync(async () => ask(), {instanceOf: ApiError});
      t.is(raised?.status, status);
    }
  });
}

test('openai retries temporary failures, and no others', async t => {
  const {url, upstream} = await liveProxy(t, {script: failing(500, {error: {message: 'out of memory'}})});
  const client = openaiClient(url);
  await t.throwsAsync(async () => client.chat.completions.create({model: 'm', messages}));
  t.is(upstream.requests.length, 3);
  upstream.follow(failing(500, {error: {message: 'Jinja Exception: no'}}));
  await t.throwsAsync(async () => client.chat.completions.create({model: 'm', messages}), {
    instanceOf: OpenAI.BadRequestError,
  });
  t.is(upstream.requests.length, 4);
});

const tooLong = failing(400, {
  error: {
    code: 400,
    message: 'request (9007 tokens) exceeds the available context size (8192 tokens), try increasing it',
    type: 'exceed_context_size_error',
  },
});

test('a prompt that is too long has the code of the API, and a hint', async t => {
  const {url} = await liveProxy(t, {script: tooLong});
  const openai = await t.throwsAsync<InstanceType<typeof OpenAI.BadRequestError>>(
    openaiClient(url).chat.completions.create({model: 'm', messages}),
    {instanceOf: OpenAI.BadRequestError},
  );
  t.is(openai?.code, 'context_length_exceeded');
  t.regex(
    openai?.message ?? '',
    /maximum context length is 8192 tokens\. However, your messages resulted in 9007 tokens\..*\n.*--context-size/,
  );
  const anthropic = await t.throwsAsync<InstanceType<typeof Anthropic.BadRequestError>>(
    new Anthropic({baseURL: url, apiKey: 'k'}).messages.create({model: 'm', max_tokens: 16, messages}),
    {instanceOf: Anthropic.BadRequestError},
  );
  t.regex(anthropic?.message ?? '', /"prompt is too long: 9007 tokens > 8192 maximum\\n[^"]*--context-size/);
  const gemini = await t.throwsAsync<ApiError>(geminiClient(url).models.generateContent(asked), {
    instanceOf: ApiError,
  });
  t.is(gemini?.status, 400);
  t.regex(gemini?.message ?? '', /INVALID_ARGUMENT/);
  t.regex(
    gemini?.message ?? '',
    /The input token count \(9007\) exceeds the maximum number of tokens allowed \(8192\)\..*--context-size/,
  );
});
