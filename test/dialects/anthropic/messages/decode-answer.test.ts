import test from 'ava';
import fc from 'fast-check';
import {withoutParts} from '../../../../src/chat/answer-parts.js';
import type {ChunkOf} from '../../../../src/chat/chunk.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import {answerDecoder, countDecoder} from '../../../../src/dialects/anthropic/messages/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/anthropic/messages/encode-reply.js';
import {encodeStream} from '../../../../src/dialects/anthropic/messages/encode-stream.js';
import {arbitraryChunks, streamOf} from '../../../chat/arbitrary-chunks.js';
import {
  argumentObjects,
  asking,
  assertCutsFail,
  assertDamageIsCaught,
  canonical,
  decodeBody,
  decodeEvents,
  type Expressed,
  eventsIn,
  failure,
  withObjectArguments,
  withoutBlankTexts,
} from '../../provider-answers.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const format = {modelName: 'claude-sonnet-4-5', showsThinking: true};
const question = asking({}, 'claude-sonnet-4-5');

/** The API has no log probabilities, a stop sequence instead of the end of a turn, and always counts tokens. */
const expressed: Expressed = {
  hasOrder: true,
  finish({unified, stopSequence}, hasCalls) {
    if (unified === 'length' || unified === 'content-filter') return {unified, stopSequence: undefined};
    return {unified: hasCalls ? 'tool-calls' : 'stop', stopSequence: hasCalls ? undefined : stopSequence};
  },
  usage: usage => usage ?? {inputTokens: 0, outputTokens: 0},
};

/** One candidate, the arguments of whose calls are objects, with or without a stop sequence. */
const sayable: fc.Arbitrary<readonly ChunkOf<'chat'>[]> = fc
  .tuple(
    arbitraryChunks.filter(chunks => chunks.at(-1)?.type === 'reply-end' && isSingle(chunks)),
    fc.option(fc.string({unit: 'grapheme', minLength: 1, maxLength: 5}), {nil: undefined}),
    argumentObjects,
  )
  .map(([chunks, stopSequence, objects]) =>
    withoutBlankTexts(withObjectArguments(chunks, objects)).map(chunk =>
      chunk.type === 'reply-end' && stopSequence !== undefined
        ? {...chunk, finish: [{...chunk.finish[0], stopSequence}] as const}
        : chunk,
    ),
  );

function isSingle(chunks: readonly ChunkOf<'chat'>[]): boolean {
  return foldRecorded(chunks).candidates.length === 1;
}

async function encodeEvents(chunks: readonly ChunkOf<'chat'>[]): Promise<string> {
  let stream = '';
  for await (const event of encodeStream(streamOf(chunks), identity, format)) stream += event;
  return stream;
}

test('a streamed answer decodes to its chunks, up to the merging of adjacent deltas', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      const decoded = decodeEvents(answerDecoder, eventsIn(await encodeEvents(chunks)), question);
      t.deepEqual(canonical(decoded, expressed), canonical(chunks, expressed));
    }),
    {numRuns: 200},
  );
});

test('a unary answer decodes to its reply', t => {
  fc.assert(
    fc.property(sayable, chunks => {
      const body = encodeReply(foldRecorded(chunks), identity, format);
      t.deepEqual(
        canonical(decodeBody(answerDecoder, body, question), expressed),
        canonical(chunks, expressed),
      );
    }),
    {numRuns: 200},
  );
});

test('a stream that is cut anywhere is an error', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      assertCutsFail(t, answerDecoder, eventsIn(await encodeEvents(chunks)), question);
    }),
    {numRuns: 25},
  );
});

const messageHead = {
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
};

/** A stream in the form of the real API: thinking with its signature, a search by the provider, text with a citation, and calls. */
const streamed = [
  {
    type: 'message_start',
    message: {
      ...messageHead,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 20,
        cache_creation_input_tokens: 100,
        cache_read_input_tokens: 1000,
        cache_creation: {ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 0},
        output_tokens: 3,
        service_tier: 'standard',
      },
    },
  },
  {type: 'content_block_start', index: 0, content_block: {type: 'thinking', thinking: '', signature: ''}},
  {type: 'ping'},
  {type: 'content_block_delta', index: 0, delta: {type: 'thinking_delta', thinking: 'I should '}},
  {type: 'content_block_delta', index: 0, delta: {type: 'thinking_delta', thinking: 'search.'}},
  {
    type: 'content_block_delta',
    index: 0,
    delta: {type: 'signature_delta', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h'},
  },
  {type: 'content_block_stop', index: 0},
  {
    type: 'content_block_start',
    index: 1,
    content_block: {type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix'},
  },
  {type: 'content_block_stop', index: 1},
  {
    type: 'content_block_start',
    index: 2,
    content_block: {
      type: 'server_tool_use',
      id: 'srvtoolu_014hJH82Qum7Td6UV8gDXThB',
      name: 'web_search',
      input: {},
    },
  },
  {type: 'content_block_delta', index: 2, delta: {type: 'input_json_delta', partial_json: ''}},
  {
    type: 'content_block_delta',
    index: 2,
    delta: {type: 'input_json_delta', partial_json: '{"query": "weather"}'},
  },
  {type: 'content_block_stop', index: 2},
  {
    type: 'content_block_start',
    index: 3,
    content_block: {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_014hJH82Qum7Td6UV8gDXThB',
      content: [
        {
          type: 'web_search_result',
          title: 'Weather',
          url: 'https://example.com',
          encrypted_content: 'E',
          page_age: null,
        },
      ],
    },
  },
  {type: 'content_block_stop', index: 3},
  {type: 'content_block_start', index: 4, content_block: {citations: [], type: 'text', text: ''}},
  {type: 'content_block_delta', index: 4, delta: {type: 'text_delta', text: 'It is '}},
  {
    type: 'content_block_delta',
    index: 4,
    delta: {
      type: 'citations_delta',
      citation: {
        type: 'web_search_result_location',
        cited_text: 'Sunny',
        url: 'https://example.com',
        title: 'Weather',
        encrypted_index: 'Eo8B',
      },
    },
  },
  {type: 'content_block_delta', index: 4, delta: {type: 'text_delta', text: 'sunny.'}},
  {type: 'content_block_stop', index: 4},
  {
    type: 'content_block_start',
    index: 5,
    content_block: {
      type: 'tool_use',
      id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
      name: 'get_weather',
      input: {},
      caller: {type: 'direct'},
    },
  },
  {type: 'content_block_delta', index: 5, delta: {type: 'input_json_delta', partial_json: ''}},
  {type: 'content_block_delta', index: 5, delta: {type: 'input_json_delta', partial_json: '{"location":'}},
  {type: 'content_block_delta', index: 5, delta: {type: 'input_json_delta', partial_json: ' "Rom"}'}},
  {type: 'content_block_stop', index: 5},
  {
    type: 'content_block_start',
    index: 6,
    content_block: {type: 'tool_use', id: 'toolu_02', name: 'now', input: {}},
  },
  {type: 'content_block_stop', index: 6},
  {
    type: 'message_delta',
    delta: {stop_reason: 'tool_use', stop_sequence: null, container: null},
    usage: {
      input_tokens: 30,
      cache_creation_input_tokens: null,
      output_tokens: 89,
      server_tool_use: {web_search_requests: 1},
      output_tokens_details: {thinking_tokens: 11},
    },
    context_management: {applied_edits: []},
  },
  {type: 'message_stop', 'amazon-bedrock-invocationMetrics': {inputTokenCount: 20}},
];

const stream = [
  ': connected',
  '',
  ...streamed.flatMap(data => [`event: ${data.type}`, `data: ${JSON.stringify(data)}`, '']),
  '',
].join('\r\n');

test('a stream of the real API decodes without loss of text, calls, finish and usage', t => {
  const chunks = decodeEvents(answerDecoder, eventsIn(stream), question);
  t.deepEqual(withoutParts(foldRecorded(chunks)), {
    answeredBy: {model: 'claude-sonnet-4-5-20250929'},
    candidates: [
      {
        text: 'It is sunny.',
        reasoning: 'I should search.',
        toolCalls: [
          {name: 'get_weather', arguments: '{"location": "Rom"}'},
          {name: 'now', arguments: '{}'},
        ],
        finish: {unified: 'tool-calls', raw: 'tool_use'},
      },
    ],
    usage: {inputTokens: 1130, outputTokens: 89, reasoningTokens: 11},
  });
  assertCutsFail(t, answerDecoder, eventsIn(stream), question);
  assertDamageIsCaught(t, answerDecoder, {events: eventsIn(stream)}, question);
});

/** A unary answer with everything that one can have beside its text. */
const message = {
  ...messageHead,
  content: [
    {type: 'thinking', thinking: 'Hm.', signature: 'EqQB'},
    {type: 'text', text: 'A', citations: null},
    {
      type: 'code_execution_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: {type: 'code_execution_result', stdout: '1', stderr: '', return_code: 0, content: []},
    },
    {type: 'text', text: 'B', citations: [{type: 'char_location', cited_text: 'B', document_index: 0}]},
    {type: 'tool_use', id: 'toolu_1', name: 'f', input: {'2': 'b', '1': 'a'}},
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  stop_details: null,
  container: {id: 'container_1', expires_at: '2026-01-01T00:00:00Z'},
  usage: {input_tokens: 5, output_tokens: 7, service_tier: 'standard'},
};

test('a unary answer of the real API decodes without loss, in its order', t => {
  const body = JSON.stringify(message).replace('{"1":"a","2":"b"}', '{"2":"b","1":12345678901234567890}');
  t.deepEqual(decodeBody(answerDecoder, body, question), [
    {type: 'reply-start', answeredBy: {model: 'claude-sonnet-4-5-20250929'}},
    {type: 'reasoning-delta', candidate: 0, text: 'Hm.'},
    {type: 'text-delta', candidate: 0, text: 'A'},
    {type: 'text-delta', candidate: 0, text: 'B'},
    {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"2":"b","1":12345678901234567890}'},
    {
      type: 'reply-end',
      finish: [{unified: 'tool-calls', raw: 'tool_use'}],
      usage: {inputTokens: 5, outputTokens: 7},
    },
  ]);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(message)}, question);
});

for (const [word, unified] of [
  ['end_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content-filter'],
  ['pause_turn', 'other'],
  ['constructor', 'other'],
] as const) {
  test(`the stop reason ${word} is ${unified}, and its word stays`, t => {
    const body = {...message, content: [], stop_reason: word};
    t.deepEqual(foldRecorded(answerDecoder.decodeBody(body, question)).candidates[0]?.finish, {
      unified,
      raw: word,
    });
  });
}

test('the stop sequence that ended an answer stays', t => {
  const body = {
    ...message,
    content: [{type: 'text', text: 'A'}],
    stop_reason: 'stop_sequence',
    stop_sequence: 'B',
  };
  t.deepEqual(foldRecorded(answerDecoder.decodeBody(body, question)).candidates[0]?.finish, {
    unified: 'stop',
    raw: 'stop_sequence',
    stopSequence: 'B',
  });
});

test('a block, a delta or an event of an unknown type is not understood, and shown', t => {
  const upload = {...message, content: [{type: 'container_upload', file_id: 'file_1'}]};
  t.regex(
    failure(t, () => answerDecoder.decodeBody(upload, question)).message,
    /a block is of the type "container_upload": .*"file_1"/,
  );
  const [start, ...rest] = eventsIn(stream);
  const after = (data: object) => [...(start ? [start] : []), {data: JSON.stringify(data)}, ...rest];
  const delta = {type: 'content_block_delta', index: 0, delta: {type: 'audio_delta', data: 'UklGRg'}};
  const events = (eventsIn(stream) as readonly {data: string}[]).toSpliced(2, 0, {
    data: JSON.stringify(delta),
  });
  t.regex(failure(t, () => decodeEvents(answerDecoder, events, question)).message, /audio_delta.*UklGRg/);
  const told = after({type: 'message_aside', text: 'By the way'});
  t.regex(failure(t, () => decodeEvents(answerDecoder, told, question)).message, /message_aside.*By the way/);
});

test('an error event fails with the words of the provider', t => {
  const error = {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}};
  const events = [...eventsIn(stream).slice(0, 4), {event: 'error', data: JSON.stringify(error)}];
  t.is(
    failure(t, () => decodeEvents(answerDecoder, events, question)).message,
    'The provider failed while answering: Overloaded',
  );
  failure(t, () => answerDecoder.decodeBody(error, question));
});

test('nothing may follow the end but a ping', t => {
  const ping = {event: 'ping', data: '{"type": "ping"}'};
  t.notThrows(() => decodeEvents(answerDecoder, [...eventsIn(stream), ping], question));
  const again = [...eventsIn(stream), ...eventsIn(stream)];
  failure(t, () => decodeEvents(answerDecoder, again, question));
});

test('a character that comes in two halves is joined', t => {
  const halves = [
    String.raw`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"\ud83d"}}`,
    String.raw`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"\ude00"}}`,
  ].map(data => ({data}));
  const events = eventsIn(stream);
  const index = events.findIndex(({data}) => data.includes('It is '));
  const joined = events.toSpliced(index, 0, ...halves);
  t.is(foldRecorded(decodeEvents(answerDecoder, joined, question)).candidates[0]?.text, '😀It is sunny.');
});

test('a token count decodes', t => {
  const counting = {request: {operation: 'count-tokens' as const, turns: []}, modelName: 'claude-sonnet-4-5'};
  t.deepEqual(countDecoder.decodeBody({input_tokens: 2095, context_management: null}, counting), [
    {type: 'reply-start', answeredBy: {model: 'claude-sonnet-4-5'}},
    {type: 'token-count', tokens: 2095},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ]);
  for (const body of [{}, {input_tokens: '7'}, {input_tokens: -1}, [], null])
    failure(t, () => countDecoder.decodeBody(body, counting));
  failure(t, () => decodeEvents(countDecoder, [], counting));
  failure(t, () => decodeEvents(countDecoder, [{data: '{"input_tokens":1}'}], counting));
});
