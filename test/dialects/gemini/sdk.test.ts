import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import {ApiError, FinishReason, type GenerateContentResponse, GoogleGenAI, Type} from '@google/genai';
import test, {type ExecutionContext} from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import {parseJson} from '../../../src/chat/json.js';
import type {AskedContent, ChatRequest} from '../../../src/chat/request.js';
import type {DecodedRequest} from '../../../src/dialects/dialect.js';
import {RetakeError, toRetakeError} from '../../../src/errors.js';
import {asChat, gemini, questionEndpoint} from '../../support/dialects.js';
import {identity} from './ask.js';

type Script = {readonly chunks?: readonly AnswerChunk[]; readonly failure?: RetakeError};

/** The real SDK against this dialect alone, which answers by a script. `asked` holds the decoded requests. */
async function serve(t: ExecutionContext, {chunks = [], failure}: Script) {
  const asked: ChatRequest<AskedContent>[] = [];
  async function* play() {
    yield* chunks;
    if (failure) throw failure;
  }
  const server = createServer(async (request, response) => {
    let fail = (error: RetakeError) => {
      const {status, headers, body} = gemini.encodeError(error);
      response.writeHead(status, headers).end(body);
    };
    try {
      const {answer, request: understood} = await decode(request);
      asked.push(asChat(understood));
      if (answer.delivery === 'unary') {
        const body = await answer.encode(play(), identity);
        response.writeHead(200, answer.headers(identity)).end(body);
        return;
      }
      for await (const event of answer.encodeStream(play(), identity)) {
        if (!response.headersSent) response.writeHead(200, answer.headers(identity));
        fail = error => response.end(answer.encodeStreamError(error));
        response.write(event);
      }
      response.end();
    } catch (error) {
      fail(toRetakeError(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const {port} = server.address() as AddressInfo;
  const client = new GoogleGenAI({apiKey: 'k', httpOptions: {baseUrl: `http://127.0.0.1:${port}`}});
  return {client, asked};
}

async function decode(request: IncomingMessage): Promise<DecodedRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const location = gemini.locate(request.method ?? '', url.pathname);
  const endpoint = location && gemini.endpoints[location.endpoint];
  if (!endpoint) throw new RetakeError('not_found', `Nothing at ${url.pathname}`);
  return questionEndpoint(endpoint).decodeRequest({
    path: url.pathname,
    params: location.params,
    query: url.searchParams,
    headers: request.headers,
    body: parseJson(await buffer(request)),
  });
}

const hello: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'gemma'}},
  {
    type: 'text-delta',
    candidate: 0,
    text: 'Hel',
    logprobs: [
      {token: 'Hel', id: 1, bytes: [], logprob: -0.5, top: [{token: 'Hel', bytes: [], logprob: -0.5}]},
    ],
  },
  {
    type: 'text-delta',
    candidate: 0,
    text: 'lo',
    logprobs: [
      {token: 'lo', id: 2, bytes: [], logprob: -0.25, top: [{token: 'lo', bytes: [], logprob: -0.25}]},
    ],
  },
  {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage: {inputTokens: 3, outputTokens: 2}},
];

test('the SDK reads a unary answer with log probabilities', async t => {
  const {client, asked} = await serve(t, {chunks: hello});
  const response = await client.models.generateContent({
    model: 'gemini-2.5-flash',
    contents: 'Hi',
    config: {
      systemInstruction: 'Be brief.',
      temperature: 0.5,
      topK: 40,
      stopSequences: ['x'],
      responseLogprobs: true,
      logprobs: 1,
      safetySettings: [],
      responseMimeType: 'application/json',
      responseSchema: {type: Type.OBJECT, properties: {a: {type: Type.STRING, nullable: true}}},
    },
  });
  t.is(response.text, 'Hello');
  t.like(response, {modelVersion: 'gemini-2.5-flash', responseId: identity.id});
  t.like(response.usageMetadata, {promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5});
  t.like(response.candidates?.[0], {finishReason: 'STOP', avgLogprobs: -0.375});
  t.deepEqual(
    response.candidates?.[0]?.logprobsResult?.chosenCandidates?.map(({token}) => token),
    ['Hel', 'lo'],
  );
  t.deepEqual(asked, [
    {
      operation: 'chat',
      turns: [
        {role: 'system', parts: [{type: 'text', text: 'Be brief.'}]},
        {role: 'user', parts: [{type: 'text', text: 'Hi'}]},
      ],
      sampling: {temperature: 0.5, topK: 40, stop: ['x']},
      output: {
        type: 'json-schema',
        schema: {type: 'object', properties: {a: {type: ['string', 'null']}}},
      },
      logprobs: {top: 1},
    },
  ]);
});

test('the SDK reads a stream', async t => {
  const {client} = await serve(t, {chunks: hello});
  const responses: GenerateContentResponse[] = [];
  const stream = await client.models.generateContentStream({model: 'gemini-2.5-flash', contents: 'Hi'});
  for await (const response of stream) responses.push(response);
  t.deepEqual(
    responses.map(({text}) => text),
    ['Hel', 'lo'],
  );
  t.true(
    responses.every(
      ({usageMetadata, modelVersion, responseId}) => usageMetadata && modelVersion && responseId,
    ),
  );
  t.is(responses.at(-1)?.candidates?.[0]?.finishReason, FinishReason.STOP);
  t.is(responses.at(-1)?.usageMetadata?.totalTokenCount, 5);
  t.is(responses[1]?.candidates?.[0]?.logprobsResult?.chosenCandidates?.[0]?.tokenId, 2);
});

test('a streamed chat continues with the model’s turns, without the empty end of the stream', async t => {
  const {client, asked} = await serve(t, {chunks: hello});
  const chat = client.chats.create({model: 'gemini-2.5-flash'});
  for await (const _ of await chat.sendMessageStream({message: 'Hi'}));
  await chat.sendMessage({message: 'More'});
  t.deepEqual(
    asked[1]?.turns.map(({role, parts}) => [
      role,
      ...parts.map(part => (part.type === 'text' ? part.text : '')),
    ]),
    [
      ['user', 'Hi'],
      ['assistant', 'Hel'],
      ['assistant', 'lo'],
      ['user', 'More'],
    ],
  );
});

test('the SDK gets an error with its status and message', async t => {
  const {client} = await serve(t, {
    failure: new RetakeError('cassette_miss', 'No take.', {hint: 'Record it.'}),
  });
  const error = await t.throwsAsync(client.models.generateContent({model: 'm', contents: 'Hi'}), {
    instanceOf: ApiError,
  });
  t.is(error?.status, 400);
  t.like(JSON.parse(error?.message ?? ''), {
    error: {code: 400, status: 'INVALID_ARGUMENT', message: 'No take.\nRecord it.'},
  });
});

test('the SDK gets a failure in mid-stream, after the content before it', async t => {
  const {client} = await serve(t, {
    chunks: hello.slice(0, -1),
    failure: new RetakeError('upstream_failed', 'It broke off.'),
  });
  const texts: (string | undefined)[] = [];
  const error = await t.throwsAsync(
    async () => {
      const stream = await client.models.generateContentStream({model: 'm', contents: 'Hi'});
      for await (const {text} of stream) texts.push(text);
    },
    {instanceOf: ApiError},
  );
  t.deepEqual(texts, ['Hel', 'lo']);
  t.regex(error?.message ?? '', /It broke off\./);
});

test('the SDK gets the message of an invalid request', async t => {
  const {client} = await serve(t, {chunks: hello});
  const error = await t.throwsAsync(
    client.models.generateContent({model: 'm', contents: 'Hi', config: {temperature: 3}}),
    {instanceOf: ApiError},
  );
  t.is(error?.status, 400);
  t.regex(error?.message ?? '', /temperature must be in the range \[0\.0, 2\.0\]/);
});
