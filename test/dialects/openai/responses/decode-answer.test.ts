import test from 'ava';
import fc from 'fast-check';
import {withoutParts} from '../../../../src/chat/answer-parts.js';
import type {ChunkOf, TokenChoice} from '../../../../src/chat/chunk.js';
import type {JsonObject} from '../../../../src/chat/json.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import {answerFormat} from '../../../../src/dialects/openai/responses/answer-format.js';
import {answerDecoder, countDecoder} from '../../../../src/dialects/openai/responses/decode-answer.js';
import {arbitraryChunks, streamOf} from '../../../chat/arbitrary-chunks.js';
import {
  asking,
  assertCutsFail,
  assertDamageIsCaught,
  blankArguments,
  canonical,
  decodeBody,
  decodeEvents,
  type Expressed,
  eventsIn,
  failure,
} from '../../provider-answers.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const head = {model: 'gpt-4o'};
const question = asking();
const withLogprobs = asking({logprobs: {top: 2}});

/** The API has no token ids, no other ends, and always counts reasoning tokens where it counts. */
const expressed: Expressed = {
  hasOrder: true,
  refusals: 'without tokens',
  finish({unified}, hasCalls) {
    if (unified === 'length' || unified === 'content-filter') return {unified, stopSequence: undefined};
    return {unified: hasCalls ? 'tool-calls' : 'stop', stopSequence: undefined};
  },
  token: ({token, bytes, logprob}: TokenChoice) => ({token, bytes, logprob}),
  usage: usage => usage && {...usage, reasoningTokens: usage.reasoningTokens ?? 0},
};

/** One candidate, whose calls have names. */
const sayable: fc.Arbitrary<readonly ChunkOf<'chat'>[]> = arbitraryChunks
  .filter(chunks => foldRecorded(chunks).candidates.length === 1)
  .map(chunks =>
    chunks.map(chunk => (chunk.type === 'tool-call-start' ? {...chunk, name: `f${chunk.name}`} : chunk)),
  );

async function encodeEvents(chunks: readonly ChunkOf<'chat'>[]): Promise<string> {
  const format = answerFormat(head, {streams: true});
  if (format.delivery !== 'stream') throw new Error('Expected a stream');
  let stream = '';
  for await (const event of format.encodeStream(streamOf(chunks), identity)) stream += event;
  return stream;
}

async function encodeBody(chunks: readonly ChunkOf<'chat'>[]): Promise<string> {
  const format = answerFormat(head, {streams: false});
  if (format.delivery !== 'unary') throw new Error('Expected an answer that comes whole');
  return format.encode(streamOf(chunks), identity);
}

test('an answer decodes to its chunks, unary and streamed, up to the merging of adjacent deltas', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      const expected = canonical(chunks, expressed);
      const streamed = decodeEvents(answerDecoder, eventsIn(await encodeEvents(chunks)), withLogprobs);
      t.deepEqual(canonical(streamed, expressed), expected);
      const whole = decodeBody(answerDecoder, await encodeBody(chunks), withLogprobs);
      t.deepEqual(canonical(whole, expressed), expected);
    }),
    {numRuns: 200, examples: [[blankArguments]]},
  );
});

test('a stream that is cut anywhere is an error', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      assertCutsFail(t, answerDecoder, eventsIn(await encodeEvents(chunks)), withLogprobs);
    }),
    {numRuns: 25},
  );
});

const output = [
  {
    id: 'rs_1',
    type: 'reasoning',
    summary: [
      {type: 'summary_text', text: '**Looking**'},
      {type: 'summary_text', text: '**Done**'},
    ],
    encrypted_content: 'gAAAAABo',
  },
  {
    id: 'ws_1',
    type: 'web_search_call',
    status: 'completed',
    action: {type: 'search', query: 'weather', sources: null},
  },
  {
    id: 'msg_1',
    type: 'message',
    status: 'completed',
    role: 'assistant',
    phase: 'final_answer',
    content: [
      {
        type: 'output_text',
        text: 'It is sunny.',
        annotations: [
          {type: 'url_citation', start_index: 0, end_index: 5, url: 'https://example.com', title: 'W'},
        ],
        logprobs: [],
      },
      {type: 'refusal', refusal: ' No more.'},
    ],
  },
  {
    id: 'fc_1',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_unDCq3YXu44gSdzJGCHLbgPq',
    name: 'get_weather',
    arguments: '{"city":"Rom"}',
  },
  {id: 'fc_2', type: 'function_call', status: 'completed', call_id: 'call_2', name: 'now', arguments: ''},
];

/** A response with what one of the real API has beside its output. */
function response(rest: JsonObject): JsonObject {
  return {
    id: 'resp_67ccfcdd16748190a91872c75d38539e09e4d4aac714747c',
    object: 'response',
    created_at: 1_741_487_325,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: 'gpt-4o-2024-08-06',
    output: [],
    reasoning: {effort: 'medium', summary: 'detailed'},
    store: true,
    text: {format: {type: 'text'}},
    tools: [],
    usage: null,
    metadata: {},
    ...rest,
  };
}

const usage = {
  input_tokens: 37,
  input_tokens_details: {cached_tokens: 10},
  output_tokens: 11,
  output_tokens_details: {reasoning_tokens: 4},
  total_tokens: 48,
};
const completed = response({status: 'completed', output, usage});

/** The reasoning is told in pieces, the text too; the second call has no deltas at all. */
const streamed = [
  {type: 'response.created', response: response({})},
  {type: 'response.in_progress', response: response({})},
  {type: 'response.output_item.added', output_index: 0, item: {id: 'rs_1', type: 'reasoning', summary: []}},
  {
    type: 'response.reasoning_summary_part.added',
    output_index: 0,
    summary_index: 0,
    part: {type: 'summary_text', text: ''},
  },
  {
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index: 0,
    delta: '**Look',
    obfuscation: 'x',
  },
  {
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index: 0,
    delta: 'ing**',
    obfuscation: 'xy',
  },
  {type: 'response.reasoning_summary_text.done', output_index: 0, summary_index: 0, text: '**Looking**'},
  {
    type: 'response.reasoning_summary_part.done',
    output_index: 0,
    summary_index: 0,
    part: output[0]?.summary?.[0],
  },
  {type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: '**Done**'},
  {type: 'response.output_item.done', output_index: 0, item: output[0]},
  {type: 'response.output_item.added', output_index: 1, item: {...output[1], status: 'in_progress'}},
  {type: 'response.web_search_call.in_progress', output_index: 1, item_id: 'ws_1'},
  {type: 'response.web_search_call.searching', output_index: 1, item_id: 'ws_1'},
  {type: 'response.web_search_call.completed', output_index: 1, item_id: 'ws_1'},
  {type: 'response.output_item.done', output_index: 1, item: output[1]},
  {type: 'keepalive', sequence_number: 9},
  {
    type: 'response.output_item.added',
    output_index: 2,
    item: {id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: []},
  },
  {
    type: 'response.content_part.added',
    output_index: 2,
    content_index: 0,
    part: {type: 'output_text', text: '', annotations: []},
  },
  {type: 'response.output_text.delta', output_index: 2, content_index: 0, delta: 'It is ', logprobs: []},
  {type: 'response.output_text.delta', output_index: 2, content_index: 0, delta: 'sunny.', logprobs: []},
  {
    type: 'response.output_text.annotation.added',
    output_index: 2,
    content_index: 0,
    annotation_index: 0,
    annotation: {type: 'url_citation'},
  },
  {type: 'response.output_text.done', output_index: 2, content_index: 0, text: 'It is sunny.', logprobs: []},
  {type: 'response.content_part.done', output_index: 2, content_index: 0, part: output[2]?.content?.[0]},
  {type: 'response.refusal.delta', output_index: 2, content_index: 1, delta: ' No more.'},
  {type: 'response.refusal.done', output_index: 2, content_index: 1, refusal: ' No more.'},
  {type: 'response.output_item.done', output_index: 2, item: output[2]},
  {
    type: 'response.output_item.added',
    output_index: 3,
    item: {...output[3], status: 'in_progress', arguments: ''},
  },
  {type: 'response.function_call_arguments.delta', output_index: 3, delta: '{"city":'},
  {type: 'response.output_item.added', output_index: 4, item: {...output[4], status: 'in_progress'}},
  {type: 'response.function_call_arguments.delta', output_index: 3, delta: '"Rom"}'},
  {type: 'response.function_call_arguments.done', output_index: 3, arguments: '{"city":"Rom"}'},
  {type: 'response.output_item.done', output_index: 3, item: output[3]},
  {type: 'response.output_item.done', output_index: 4, item: output[4]},
  {type: 'response.completed', response: completed},
];

function eventsOf(list: readonly object[]) {
  return eventsIn(
    list.map(data => `event: ${'type' in data ? data.type : ''}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
  );
}

const expected = {
  answeredBy: {model: 'gpt-4o-2024-08-06'},
  candidates: [
    {
      text: 'It is sunny.',
      refusal: ' No more.',
      reasoning: '**Looking**\n\n**Done**',
      toolCalls: [
        {name: 'get_weather', arguments: '{"city":"Rom"}'},
        {name: 'now', arguments: '{}'},
      ],
      finish: {unified: 'tool-calls' as const, raw: 'completed'},
    },
  ],
  usage: {inputTokens: 37, outputTokens: 11, reasoningTokens: 4},
};

test('a stream of the real API decodes without loss of text, calls, finish and usage', t => {
  const events = eventsOf(streamed);
  t.deepEqual(withoutParts(foldRecorded(decodeEvents(answerDecoder, events, question))), expected);
  assertCutsFail(t, answerDecoder, events, question);
  assertDamageIsCaught(t, answerDecoder, {events}, question);
});

test('a unary answer of the real API decodes to the same', t => {
  t.deepEqual(withoutParts(foldRecorded(answerDecoder.decodeBody(completed, question))), expected);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(completed)}, question);
});

test('what has no deltas is read from the finished item, or from the whole response', t => {
  const withoutDeltas = streamed.filter(({type}) => !type.endsWith('.delta'));
  t.deepEqual(
    withoutParts(foldRecorded(decodeEvents(answerDecoder, eventsOf(withoutDeltas), question))),
    expected,
  );
  const ends = streamed.filter(({type}) => type === 'response.created' || type === 'response.completed');
  t.deepEqual(withoutParts(foldRecorded(decodeEvents(answerDecoder, eventsOf(ends), question))), expected);
  const beginning = streamed.filter(({delta}) => delta !== 'sunny.' && delta !== ' No more.');
  t.deepEqual(
    withoutParts(foldRecorded(decodeEvents(answerDecoder, eventsOf(beginning), question))),
    expected,
  );
});

test('a response that differs from its deltas is an error', t => {
  const wrong = streamed.map(event =>
    'delta' in event && event.delta === 'sunny.' ? {...event, delta: 'rainy.'} : event,
  );
  t.regex(
    failure(t, () => decodeEvents(answerDecoder, eventsOf(wrong), question)).message,
    /an item differs from its deltas/,
  );
  const other = {type: 'message', content: [{type: 'output_text', text: 'Other'}]};
  const changed = {...completed, output: output.with(2, other as never)};
  const end = {type: 'response.completed', response: changed};
  failure(t, () => decodeEvents(answerDecoder, eventsOf([...streamed.slice(0, -1), end]), question));
});

for (const [reason, unified] of [
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
  ['max_tool_calls', 'other'],
] as const) {
  test(`a response that is incomplete because of ${reason} ends with ${unified}`, t => {
    const body = response({status: 'incomplete', incomplete_details: {reason}, output: output.slice(0, 3)});
    const {candidates} = foldRecorded(answerDecoder.decodeBody(body, question));
    t.deepEqual(candidates[0]?.finish, {unified, raw: reason});
  });
}

test('a response that failed or is not finished is an error', t => {
  const failed = response({status: 'failed', error: {code: 'server_error', message: 'The model failed.'}});
  const words = 'The provider failed while answering: The model failed.';
  t.is(failure(t, () => answerDecoder.decodeBody(failed, question)).message, words);
  const end = {type: 'response.failed', response: failed};
  const events = eventsOf([...streamed.slice(0, 5), end]);
  t.is(failure(t, () => decodeEvents(answerDecoder, events, question)).message, words);
  const error = {type: 'error', code: 'server_error', message: 'The model failed.', param: null};
  const broken = eventsOf([...streamed.slice(0, 5), error]);
  t.is(failure(t, () => decodeEvents(answerDecoder, broken, question)).message, words);
  for (const status of ['queued', 'in_progress', 'cancelled', null])
    failure(t, () => answerDecoder.decodeBody(response({status, output}), question));
});

test('an item or a part of an unknown type is not understood, and shown', t => {
  for (const item of [
    {type: 'image_generation_call', result: 'iVBORw0KGgo'},
    {type: 'computer_call', action: {type: 'click', x: 'iVBORw0KGgo'}},
    {type: 'mcp_approval_request', name: 'f', arguments: 'iVBORw0KGgo'},
    {type: 'message', content: [{type: 'output_audio', data: 'iVBORw0KGgo'}]},
    {type: 'reasoning', summary: [{type: 'summary_image', data: 'iVBORw0KGgo'}]},
  ]) {
    const body = response({status: 'completed', output: [item as JsonObject]});
    t.regex(
      failure(t, () => answerDecoder.decodeBody(body, question)).message,
      /not understood.*iVBORw0KGgo/,
    );
  }
  const aside = {type: 'response.audio.delta', delta: 'iVBORw0KGgo'};
  const events = eventsOf(streamed.toSpliced(4, 0, aside as never));
  t.regex(
    failure(t, () => decodeEvents(answerDecoder, events, question)).message,
    /response.audio.delta.*iVBORw0KGgo/,
  );
});

test('log probabilities stay, without bytes too', t => {
  const tokens = [{token: 'Hi', logprob: -0.5, top_logprobs: [{token: 'Hi', logprob: -0.5}]}];
  const events = eventsOf([
    {type: 'response.created', response: response({})},
    {type: 'response.output_item.added', output_index: 0, item: {type: 'message', content: []}},
    {type: 'response.output_text.delta', output_index: 0, delta: 'Hi', logprobs: tokens},
    {
      type: 'response.completed',
      response: response({
        status: 'completed',
        output: [{type: 'message', content: [{type: 'output_text', text: 'Hi', logprobs: tokens}]}],
      }),
    },
  ]);
  const hi = {token: 'Hi', logprob: -0.5, bytes: [72, 105]};
  const {candidates} = foldRecorded(decodeEvents(answerDecoder, events, withLogprobs));
  t.deepEqual(candidates[0]?.logprobs, [{...hi, top: [hi]}]);
});

test('a count of input tokens decodes', t => {
  const counting = {request: {operation: 'count-tokens' as const, turns: []}, modelName: 'gpt-4o'};
  t.deepEqual(countDecoder.decodeBody({object: 'response.input_tokens', input_tokens: 11}, counting), [
    {type: 'reply-start', answeredBy: {model: 'gpt-4o'}},
    {type: 'token-count', tokens: 11},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ]);
  failure(t, () => countDecoder.decodeBody({}, counting));
});

test('a call of a custom tool or of a namespace decodes to a call of the function that the model knows', t => {
  const input = 'SELECT "1"\n\\';
  const items = [
    {id: 'ctc_1', type: 'custom_tool_call', status: 'completed', call_id: 'c1', name: 'sql', input},
    {
      id: 'fc_2',
      type: 'function_call',
      status: 'completed',
      call_id: 'c2',
      namespace: 'crm',
      name: 'find',
      arguments: '{"id":7}',
    },
  ];
  const expected = [
    {name: 'sql', arguments: JSON.stringify({input})},
    {name: 'crm__find', arguments: '{"id":7}'},
  ];
  const body = response({status: 'completed', output: items});
  t.deepEqual(foldRecorded(answerDecoder.decodeBody(body, question)).candidates[0]?.toolCalls, expected);
  const [custom, called] = items;
  const at = {output_index: 0, item_id: 'ctc_1'};
  const events = eventsOf([
    {type: 'response.created', response: response({})},
    {type: 'response.output_item.added', output_index: 0, item: {...custom, input: ''}},
    ...[...input].map(delta => ({type: 'response.custom_tool_call_input.delta', ...at, delta})),
    {type: 'response.custom_tool_call_input.done', ...at, input},
    {type: 'response.output_item.done', output_index: 0, item: custom},
    {type: 'response.output_item.done', output_index: 1, item: called},
    {type: 'response.completed', response: body},
  ]);
  const streamed = decodeEvents(answerDecoder, events, question);
  t.deepEqual(foldRecorded(streamed).candidates[0]?.toolCalls, expected);
});
