import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import OpenAI, {APIError, AzureOpenAI, BadRequestError, NotFoundError} from 'openai';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import {parseJson} from '../../../src/chat/json.js';
import type {AskedContent, ChatRequest} from '../../../src/chat/request.js';
import {RetakeError, toRetakeError} from '../../../src/errors.js';
import {streamOf} from '../../chat/arbitrary-chunks.js';
import {asChat, openai, questionEndpoint} from '../../support/dialects.js';

const hello: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'gemma-3'}},
  {type: 'text-delta', candidate: 0, text: 'Hel'},
  {type: 'text-delta', candidate: 0, text: 'lo'},
  {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage: {inputTokens: 3, outputTokens: 2}},
];

const messages: OpenAI.ChatCompletionMessageParam[] = [{role: 'user', content: 'hi'}];
const model = 'gpt-4o';

test('the client reads a unary answer', async t => {
  const {client, asked} = await answering(t, () => streamOf(hello));
  const completion = await client.chat.completions.create({model, messages, temperature: 0.5});
  t.like(completion, {id: 'chatcmpl-0123456789abcdef01234567', model, object: 'chat.completion'});
  t.is(completion.choices[0]?.message.content, 'Hello');
  t.is(completion.choices[0]?.finish_reason, 'stop');
  t.deepEqual(completion.usage, {prompt_tokens: 3, completion_tokens: 2, total_tokens: 5});
  t.like(asked[0], {sampling: {temperature: 0.5}});
});

test('the client reads a stream', async t => {
  const {client} = await answering(t, () => streamOf(hello));
  const stream = await client.chat.completions.create({model, messages, stream: true});
  const deltas: string[] = [];
  for await (const chunk of stream) {
    t.false('usage' in chunk);
    deltas.push(chunk.choices[0]?.delta.content ?? '');
  }
  t.deepEqual(deltas, ['', 'Hel', 'lo', '']);
});

test('the client gets the usage of a stream if it requests it', async t => {
  const {client} = await answering(t, () => streamOf(hello));
  const stream = client.chat.completions.stream({model, messages, stream_options: {include_usage: true}});
  const completion = await stream.finalChatCompletion();
  t.is(completion.choices[0]?.message.content, 'Hello');
  t.deepEqual(completion.usage, {prompt_tokens: 3, completion_tokens: 2, total_tokens: 5});
});

test('the client reads several candidates with their log probabilities, streamed or unary', async t => {
  const logprobs = [{token: 'a', bytes: [97], logprob: -1, top: [{token: 'b', bytes: [98], logprob: -2}]}];
  const chunks: AnswerChunk[] = [
    {type: 'reply-start', answeredBy: {model: 'gemma-3'}},
    {type: 'text-delta', candidate: 1, text: 'a', logprobs},
    {type: 'text-delta', candidate: 0, text: 'a', logprobs},
    {type: 'text-delta', candidate: 1, text: 'a', logprobs},
    {
      type: 'reply-end',
      finish: [
        {unified: 'stop', raw: 'stop'},
        {unified: 'length', raw: 'length'},
      ],
    },
  ];
  const {client, asked} = await answering(t, () => streamOf(chunks));
  const question = {model, messages, n: 2, logprobs: true, top_logprobs: 1};
  const whole = await client.chat.completions.create(question);
  const streamed = await client.chat.completions.stream(question).finalChatCompletion();
  const token = {
    token: 'a',
    bytes: [97],
    logprob: -1,
    top_logprobs: [{token: 'b', bytes: [98], logprob: -2}],
  };
  for (const {choices} of [whole, streamed]) {
    t.deepEqual(
      choices.map(({index, message, finish_reason, logprobs: seen}) => ({
        index,
        text: message.content,
        finish_reason,
        tokens: seen?.content,
      })),
      [
        {index: 0, text: 'a', finish_reason: 'stop', tokens: [token]},
        {index: 1, text: 'aa', finish_reason: 'length', tokens: [token, token]},
      ],
    );
  }
  t.deepEqual(asked[0], asked[1]);
  t.like(asked[0], {candidates: 2, logprobs: {top: 1}});
});

test('an answer that is sent back as history is accepted', async t => {
  const {client, asked} = await answering(t, () => streamOf(hello));
  const {choices} = await client.chat.completions.create({model, messages});
  const [said] = choices;
  if (!said) throw new Error('There is no choice');
  await client.chat.completions.create({model, messages: [...messages, said.message]});
  t.deepEqual(asked[1]?.turns.at(-1), {role: 'assistant', parts: [{type: 'text', text: 'Hello'}]});
});

test('structured output is requested and parsed', async t => {
  const json: AnswerChunk[] = [
    {type: 'reply-start', answeredBy: {model: 'gemma-3'}},
    {type: 'text-delta', candidate: 0, text: '{"answer":42}'},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ];
  const {client, asked} = await answering(t, () => streamOf(json));
  const schema = {type: 'object', properties: {answer: {type: 'integer'}}};
  const completion = await client.chat.completions.parse({
    model,
    messages,
    response_format: {type: 'json_schema', json_schema: {name: 'answer', schema, strict: true}},
  });
  t.is(completion.choices[0]?.message.content, '{"answer":42}');
  t.deepEqual(asked[0]?.output, {type: 'json-schema', schema, name: 'answer', strict: true});
});

test('the Azure client names its deployment in the path', async t => {
  const {baseURL, asked} = await answering(t, () => streamOf(hello));
  const client = new AzureOpenAI({
    endpoint: baseURL,
    apiKey: 'none',
    apiVersion: '2024-10-21',
    deployment: 'my deployment',
  });
  const completion = await client.chat.completions.create({model: '', messages});
  t.is(completion.model, 'my deployment');
  t.is(asked.length, 1);
});

test('a refused request is a BadRequestError that names the field, and is not retried', async t => {
  const {client, asked, requests} = await answering(t, () => streamOf(hello));
  const error = await t.throwsAsync(client.chat.completions.create({model, messages, temperature: 3}), {
    instanceOf: BadRequestError,
  });
  t.like(error, {
    status: 400,
    param: 'temperature',
    code: 'decimal_above_max_value',
    type: 'invalid_request_error',
  });
  t.is(asked.length, 0);
  t.is(requests.length, 1);
});

test('a miss is a BadRequestError with its code, and is not retried', async t => {
  const {client, requests} = await answering(t, () => failing('cassette_miss'));
  const error = await t.throwsAsync(client.chat.completions.create({model, messages}), {
    instanceOf: BadRequestError,
  });
  t.like(error, {code: 'cassette_miss'});
  t.is(requests.length, 1);
});

test('a permanent failure is not retried, whatever its status', async t => {
  const {client, requests} = await answering(t, () => failing('cassette_write_failed'));
  await t.throwsAsync(client.chat.completions.create({model, messages}), {instanceOf: APIError});
  t.is(requests.length, 1);
});

test('a temporary failure is retried', async t => {
  let tries = 0;
  const {client, requests} = await answering(t, () =>
    tries++ === 0 ? failing('upstream_unavailable') : streamOf(hello),
  );
  const completion = await client.chat.completions.create({model, messages});
  t.is(completion.choices[0]?.message.content, 'Hello');
  t.is(requests.length, 2);
});

test('an interrupted stream is an error for the client, after the text so far', async t => {
  const {client, requests} = await answering(t, async function* () {
    yield* hello.slice(0, 2);
    throw new RetakeError('upstream_failed', 'The upstream hung up');
  });
  const stream = await client.chat.completions.create({model, messages, stream: true});
  let text = '';
  const error = await t.throwsAsync(
    async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    },
    {instanceOf: APIError},
  );
  t.is(text, 'Hel');
  t.like(error, {code: 'upstream_failed', type: 'server_error'});
  t.is(requests.length, 1);
});

test('an unknown path is a NotFoundError', async t => {
  const {client} = await answering(t, () => streamOf(hello));
  const error = await t.throwsAsync(client.get('/nope'), {instanceOf: NotFoundError});
  t.like(error, {code: 'unknown_url', type: 'invalid_request_error'});
});

// biome-ignore lint/correctness/useYield: a model that fails before its first chunk
async function* failing(code: 'cassette_miss' | 'cassette_write_failed' | 'upstream_unavailable') {
  throw new RetakeError(code, 'It failed');
}

type Answering = {
  readonly client: OpenAI;
  readonly baseURL: string;
  /** The requests that arrived, and those that reached the model. */
  readonly requests: string[];
  readonly asked: ChatRequest<AskedContent>[];
};

/** A server with a scripted model behind the dialect, and the real client. */
async function answering(t: ExecutionContext, script: () => AsyncIterable<AnswerChunk>): Promise<Answering> {
  const requests: string[] = [];
  const asked: ChatRequest<AskedContent>[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response).catch((error: unknown) => t.fail(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const baseURL = `http://127.0.0.1:${port}`;
  return {client: new OpenAI({apiKey: 'none', baseURL: `${baseURL}/v1`}), baseURL, requests, asked};

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [path = '', query] = (request.url ?? '').split('?');
      const location = openai.locate(request.method ?? '', path);
      const endpoint = location && openai.endpoints[location.endpoint];
      if (!endpoint) throw new RetakeError('not_found', `Unknown request URL: ${request.method} ${path}.`);
      const {request: question, answer: format} = questionEndpoint(endpoint).decodeRequest({
        path,
        params: location.params,
        query: new URLSearchParams(query),
        headers: request.headers,
        body: parseJson(await buffer(request)),
      });
      asked.push(asChat(question));
      const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
      if (format.delivery === 'unary') {
        const body = await format.encode(script(), identity);
        response.writeHead(200, format.headers(identity)).end(body);
        return;
      }
      response.writeHead(200, format.headers(identity));
      try {
        for await (const event of format.encodeStream(script(), identity)) response.write(event);
      } catch (error) {
        response.write(format.encodeStreamError(toRetakeError(error)));
      }
      response.end();
    } catch (error) {
      const {status, headers, body} = openai.encodeError(toRetakeError(error));
      response.writeHead(status, headers).end(body);
    }
  }
}
