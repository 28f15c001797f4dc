import test from 'ava';
import fc from 'fast-check';
import {spokenParts, spokenText} from '../../src/chat/answer-parts.js';
import type {AnswerChunk, ChunkOf} from '../../src/chat/chunk.js';
import {type JsonObject, parseJson} from '../../src/chat/json.js';
import {foldRecorded} from '../../src/chat/reply.js';
import type {Dialect, QuestionEndpoint} from '../../src/dialects/dialect.js';
import {arbitraryChunks, streamOf} from '../chat/arbitrary-chunks.js';
import {anthropic, gemini, openai, questionEndpoint} from '../support/dialects.js';
import {
  argumentObjects,
  asking,
  decodeEvents,
  eventsIn,
  withObjectArguments,
  withoutBlankTexts,
} from './provider-answers.js';

/** Answers that the provider encrypts are kept in its bytes only. */
const encrypted = new Set(['compactResponse']);

for (const dialect of [anthropic, gemini, openai]) {
  test(`every question of ${dialect.name} has a decoder for its answers`, t => {
    const without = Object.entries(dialect.endpoints).filter(
      ([name, endpoint]) =>
        endpoint.kind === 'question' && endpoint.decoder === undefined && !encrypted.has(name),
    );
    t.deepEqual(
      without.map(([name]) => name),
      [],
    );
  });
}

type Chat = {
  readonly endpoint: QuestionEndpoint;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: JsonObject;
};

/** The chats of all APIs, unary and streamed, with the thoughts where a client has to ask for them. */
const chats: Readonly<Record<string, Chat>> = {
  'a chat completion': chat(openai, 'chatCompletions', {
    model: 'm',
    messages: [{role: 'user', content: 'Hi'}],
  }),
  'a streamed chat completion': chat(openai, 'chatCompletions', {
    model: 'm',
    messages: [{role: 'user', content: 'Hi'}],
    stream: true,
    stream_options: {include_usage: true},
  }),
  'a response': chat(openai, 'createResponse', {model: 'm', input: 'Hi', store: false}),
  'a streamed response': chat(openai, 'createResponse', {
    model: 'm',
    input: 'Hi',
    store: false,
    stream: true,
  }),
  'a message': chat(anthropic, 'messages', {
    model: 'm',
    max_tokens: 2048,
    thinking: {type: 'enabled', budget_tokens: 1024},
    messages: [{role: 'user', content: 'Hi'}],
  }),
  'a streamed message': chat(anthropic, 'messages', {
    model: 'm',
    max_tokens: 2048,
    thinking: {type: 'enabled', budget_tokens: 1024},
    messages: [{role: 'user', content: 'Hi'}],
    stream: true,
  }),
  'generated content': chat(gemini, 'generateContent', {
    contents: [{role: 'user', parts: [{text: 'Hi'}]}],
    generationConfig: {thinkingConfig: {includeThoughts: true}},
  }),
  'streamed generated content': chat(
    gemini,
    'streamGenerateContent',
    {
      contents: [{role: 'user', parts: [{text: 'Hi'}]}],
      generationConfig: {thinkingConfig: {includeThoughts: true}},
    },
    'alt=sse',
  ),
  'an interaction': chat(gemini, 'createInteraction', {
    model: 'm',
    input: 'Hi',
    generation_config: {thinking_summaries: 'auto'},
  }),
  'a streamed interaction': chat(gemini, 'createInteraction', {
    model: 'm',
    input: 'Hi',
    generation_config: {thinking_summaries: 'auto'},
    stream: true,
  }),
};

function chat({endpoints}: Dialect, name: string, body: JsonObject, query = ''): Chat {
  return {endpoint: questionEndpoint(endpoints[name]), params: {model: 'm'}, query, body};
}

/** What a provider's answer becomes: encoded by an endpoint as the provider would, and decoded again. */
async function throughProvider(
  {endpoint, params, query, body}: Chat,
  chunks: readonly AnswerChunk[],
): Promise<readonly AnswerChunk[]> {
  const wire = {params, query: new URLSearchParams(query), headers: {}, path: '/', body};
  const {answer, request, modelName} = endpoint.decodeRequest(wire);
  const {decoder} = endpoint;
  if (!decoder) throw new Error('Expected a decoder');
  const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
  const question = {request, modelName};
  if (answer.delivery === 'unary') {
    return decoder.decodeBody(parseJson(await answer.encode(streamOf(chunks), identity)), question);
  }
  let stream = '';
  for await (const event of answer.encodeStream(streamOf(chunks), identity)) stream += event;
  return decodeEvents(decoder, eventsIn(stream), question);
}

/** What all APIs can say. */
function content(chunks: readonly AnswerChunk[]) {
  const {candidates, usage} = foldRecorded(chunks);
  return {
    candidates: candidates.map(({parts, reasoning, toolCalls, finish: {unified}}) => ({
      text: spokenText({parts}),
      reasoning,
      calls: toolCalls.map(call => ({...call, arguments: parseJson(call.arguments || '{}')})),
      unified: unified === 'other' || unified === 'tool-calls' ? 'stop' : unified,
    })),
    usage: {
      inputTokens: usage?.inputTokens ?? 0,
      outputTokens: Math.max(usage?.outputTokens ?? 0, usage?.reasoningTokens ?? 0),
    },
  };
}

const answers = fc
  .tuple(
    arbitraryChunks.filter(chunks => foldRecorded(chunks).candidates.length === 1),
    argumentObjects,
  )
  .map(([chunks, objects]) => withoutBlankTexts(withObjectArguments(chunks, objects)));

/** A unary chat completion has no order of text and refusal. */
function withoutRefusals(chunks: readonly ChunkOf<'chat'>[]): readonly ChunkOf<'chat'>[] {
  return chunks.map(chunk => {
    if (chunk.type !== 'text-delta') return chunk;
    const {refusal: _refusal, ...text} = chunk;
    return text;
  });
}

for (const [name, decoded] of Object.entries(chats)) {
  test(`what is decoded from ${name} can be sent through every other API`, async t => {
    await fc.assert(
      fc.asyncProperty(answers.map(withoutRefusals), async chunks => {
        const expected = content(chunks);
        const recorded = await throughProvider(decoded, chunks);
        t.deepEqual(content(recorded), expected);
        for (const other of Object.values(chats)) {
          t.deepEqual(content(await throughProvider(other, recorded)), expected);
        }
      }),
      {numRuns: 25},
    );
  });
}

/** Text, reasoning and calls in the order in which they are told. */
function orderOf(chunks: readonly AnswerChunk[]) {
  const [candidate] = foldRecorded(chunks).candidates;
  return spokenParts(candidate?.parts ?? [], {hasReasoning: true});
}

test('every API with an order of parts tells text, reasoning and calls in their order, unary as streamed', async t => {
  const recordedStream = chats['a streamed chat completion'];
  if (!recordedStream) return t.fail();
  await fc.assert(
    fc.asyncProperty(answers, async chunks => {
      const expected = orderOf(chunks);
      const recorded = await throughProvider(recordedStream, chunks);
      t.deepEqual(orderOf(recorded), expected);
      for (const [name, ordered] of Object.entries(chats)) {
        if (name === 'a chat completion') continue;
        t.deepEqual(orderOf(await throughProvider(ordered, chunks)), expected, name);
        t.deepEqual(orderOf(await throughProvider(ordered, recorded)), expected, name);
      }
    }),
    {numRuns: 150},
  );
});

/** Milliseconds of processor time, the least of a few tries. */
function timeOf(work: () => void): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const begin = process.cpuUsage();
      work();
      const {user, system} = process.cpuUsage(begin);
      return (user + system) / 1000;
    }),
  );
}

test('a piece of the arguments of a call takes no longer in a long call', t => {
  const endpoint = questionEndpoint(openai.endpoints['chatCompletions']);
  const piece = (call: JsonObject) => ({
    data: JSON.stringify({choices: [{index: 0, delta: {tool_calls: [{index: 0, ...call}]}}]}),
  });
  const timeOfPieces = (count: number) => {
    const events = [
      piece({id: 'call_1', function: {name: 'f', arguments: '{"x": "'}}),
      ...Array.from({length: count}, (_, index) => piece({function: {arguments: `word ${index} `}})),
    ];
    return timeOf(() => {
      const stream = endpoint.decoder?.openStream(asking());
      for (const event of events) stream?.push(event);
    });
  };
  const few = timeOfPieces(2000) / 2000;
  const many = timeOfPieces(20_000) / 20_000;
  t.true(many < 4 * few, `${many} ms for each piece of many, and ${few} ms of few`);
});
