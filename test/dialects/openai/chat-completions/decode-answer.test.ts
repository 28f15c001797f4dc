import test from 'ava';
import fc from 'fast-check';
import {withoutParts} from '../../../../src/chat/answer-parts.js';
import type {ChunkOf, FinishReason, TokenChoice} from '../../../../src/chat/chunk.js';
import {stringifyJson} from '../../../../src/chat/json.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import {answerDecoder} from '../../../../src/dialects/openai/chat-completions/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/openai/chat-completions/encode-reply.js';
import {encodeStream} from '../../../../src/dialects/openai/chat-completions/encode-stream.js';
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

/** The API has no token ids and no word for other ends than these. */
const expressed: Expressed = {
  hasOrder: true,
  refusals: 'with tokens',
  finish({unified}, hasCalls) {
    if (unified === 'length' || unified === 'content-filter') return {unified, stopSequence: undefined};
    return {unified: hasCalls ? 'tool-calls' : 'stop', stopSequence: undefined};
  },
  token: ({token, bytes, logprob}: TokenChoice) => ({token, bytes, logprob}),
};

/** An answer that the API can say: calls have a name, and only an answer with calls ends with them. */
const sayable = arbitraryChunks.filter(chunks => {
  const end = chunks.at(-1);
  const callers = new Set(
    chunks.flatMap(chunk => (chunk.type === 'tool-call-start' ? [chunk.candidate] : [])),
  );
  return (
    chunks.every(chunk => chunk.type !== 'tool-call-start' || (chunk.name !== '' && chunk.name !== 'null')) &&
    end?.type === 'reply-end' &&
    end.finish.every(({unified}, candidate) => unified !== 'tool-calls' || callers.has(candidate))
  );
});

function questionOf(chunks: readonly ChunkOf<'chat'>[]) {
  return asking({candidates: foldRecorded(chunks).candidates.length, logprobs: {top: 2}});
}

async function encodeEvents(chunks: readonly ChunkOf<'chat'>[], usesFunctions = false): Promise<string> {
  const format = {modelName: 'gpt-4o', usesFunctions, includeUsage: true};
  let stream = '';
  for await (const event of encodeStream(streamOf(chunks), identity, format)) stream += event;
  return stream;
}

test('a streamed answer decodes to its chunks, up to the merging of adjacent deltas', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      const events = eventsIn(await encodeEvents(chunks));
      const decoded = decodeEvents(answerDecoder, events, questionOf(chunks));
      t.deepEqual(canonical(decoded, expressed), canonical(chunks, expressed));
    }),
    {numRuns: 300, examples: [[blankArguments]]},
  );
});

test('a unary answer decodes to its reply', async t => {
  const folded = {...expressed, hasOrder: false};
  fc.assert(
    fc.property(sayable, chunks => {
      const body = encodeReply(foldRecorded(chunks), identity, {modelName: 'gpt-4o', usesFunctions: false});
      const decoded = decodeBody(answerDecoder, body, questionOf(chunks));
      t.deepEqual(canonical(decoded, folded), canonical(chunks, folded));
    }),
    {numRuns: 300, examples: [[blankArguments]]},
  );
});

test('the older form of a call decodes too', async t => {
  const chunks: readonly ChunkOf<'chat'>[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"x":'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '1}'},
    {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]},
  ];
  const format = {modelName: 'gpt-4o', usesFunctions: true};
  const body = encodeReply(foldRecorded(chunks), identity, format);
  const expected = canonical(chunks, expressed);
  t.deepEqual(canonical(decodeBody(answerDecoder, body, asking()), expressed), expected);
  const events = eventsIn(await encodeEvents(chunks, true));
  t.deepEqual(canonical(decodeEvents(answerDecoder, events, asking()), expressed), expected);
});

test('a stream that is cut anywhere is an error', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      assertCutsFail(t, answerDecoder, eventsIn(await encodeEvents(chunks)), questionOf(chunks));
    }),
    {numRuns: 25},
  );
});

/** A stream in the form of the real API: the role first, calls in fragments, the usage last, padding against eavesdroppers. */
const streamedCalls = [
  ': OPENAI PROCESSING',
  '',
  ...[
    delta({role: 'assistant', content: null, refusal: null}),
    delta({
      tool_calls: [
        {
          index: 0,
          id: 'call_DdmO9pD3xa9XTPNJ32zg2hcA',
          type: 'function',
          function: {name: 'get_weather', arguments: ''},
        },
      ],
    }),
    delta({tool_calls: [{index: 0, function: {arguments: '{"'}}]}),
    delta({tool_calls: [{index: 0, function: {arguments: 'city":"Rom"}'}}]}),
    delta({
      tool_calls: [
        {
          index: 1,
          id: 'call_9pD3xa9XTPNJ32zg2hcADdmO',
          type: 'function',
          function: {name: 'get_time', arguments: ''},
        },
      ],
    }),
    delta({tool_calls: [{index: 1, function: {arguments: '{}'}}]}),
    delta({}, {finish_reason: 'tool_calls'}),
    {...event([]), usage: usage(92, 37, 0)},
  ].flatMap(data => [`data: ${JSON.stringify(data)}`, '']),
  'data: [DONE]',
  '',
  '',
].join('\n');

function event(choices: readonly object[]) {
  return {
    id: 'chatcmpl-CEr5tdC0gyTOsQuCmBN2GNRDSHyjR',
    object: 'chat.completion.chunk',
    created: 1_757_718_817,
    model: 'gpt-4o-2024-08-06',
    service_tier: 'default',
    system_fingerprint: 'fp_f33640a400',
    choices,
    usage: null as object | null,
    obfuscation: 'vTFZMtUfbnQ',
  };
}

function delta(content: object, rest: object = {}) {
  return event([{index: 0, delta: content, logprobs: null, finish_reason: null, ...rest}]);
}

function usage(prompt: number, completion: number, reasoning: number) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {cached_tokens: 64, audio_tokens: 0},
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

test('a stream of the real API decodes without loss of calls, finish and usage', t => {
  const chunks = decodeEvents(answerDecoder, eventsIn(streamedCalls), asking());
  t.deepEqual(withoutParts(foldRecorded(chunks)), {
    answeredBy: {model: 'gpt-4o-2024-08-06', engine: 'fp_f33640a400'},
    candidates: [
      {
        text: '',
        reasoning: '',
        toolCalls: [
          {name: 'get_weather', arguments: '{"city":"Rom"}'},
          {name: 'get_time', arguments: '{}'},
        ],
        finish: {unified: 'tool-calls', raw: 'tool_calls'},
      },
    ],
    usage: {inputTokens: 92, outputTokens: 37, reasoningTokens: 0},
  });
  assertCutsFail(t, answerDecoder, eventsIn(streamedCalls), asking());
  assertDamageIsCaught(t, answerDecoder, {events: eventsIn(streamedCalls)}, asking());
});

/** An event of Azure with the results of its filters before and after the text, and without choices. */
const azure = [
  {
    choices: [],
    created: 0,
    id: '',
    model: '',
    object: '',
    prompt_filter_results: [
      {prompt_index: 0, content_filter_results: {hate: {filtered: false, severity: 'safe'}}},
    ],
  },
  delta({content: '', refusal: null, role: 'assistant'}, {content_filter_results: {}}),
  delta({content: 'Tea'}, {content_filter_results: {hate: {filtered: false, severity: 'safe'}}}),
  delta({}, {content_filter_results: {}, finish_reason: 'stop'}),
];

test('a stream of Azure decodes too', t => {
  const data = [...azure.map(part => JSON.stringify(part)), '[DONE]'];
  const events = data.map(text => ({data: text}));
  const {
    candidates,
    answeredBy,
    usage: counted,
  } = withoutParts(foldRecorded(decodeEvents(answerDecoder, events, asking())));
  t.deepEqual(candidates, [
    {text: 'Tea', reasoning: '', toolCalls: [], finish: {unified: 'stop', raw: 'stop'}},
  ]);
  t.is(answeredBy.model, 'gpt-4o-2024-08-06');
  t.is(counted, undefined);
  assertDamageIsCaught(t, answerDecoder, {events}, asking());
});

/** A unary answer of the real API with everything that one can have beside its text. */
const completion = {
  id: 'chatcmpl-BcO1gPfCFAf86O5CyQ9CTeEyoc8KG',
  object: 'chat.completion',
  created: 1_748_488_520,
  model: 'gpt-4o-search-preview-2025-03-11',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'It is sunny ([weather](https://example.com)). 😀',
        refusal: null,
        annotations: [
          {
            type: 'url_citation',
            url_citation: {start_index: 12, end_index: 43, title: 'weather', url: 'https://example.com'},
          },
        ],
        audio: null,
        function_call: null,
        tool_calls: null,
      },
      logprobs: {
        content: [
          {
            token: 'It is sunny',
            logprob: -0.25,
            bytes: null,
            top_logprobs: [
              {token: 'It is sunny', logprob: -0.25, bytes: [73]},
              {token: 'No', logprob: -9999, bytes: null},
            ],
          },
        ],
        refusal: null,
      },
      finish_reason: 'length',
    },
  ],
  usage: usage(23, 14, 3),
  service_tier: 'default',
  system_fingerprint: 'fp_a288987b44',
};

test('a unary answer of the real API decodes without loss', t => {
  const question = asking({logprobs: {top: 1}});
  t.deepEqual(answerDecoder.decodeBody(completion, question), [
    {
      type: 'reply-start',
      answeredBy: {model: 'gpt-4o-search-preview-2025-03-11', engine: 'fp_a288987b44'},
    },
    {
      type: 'text-delta',
      candidate: 0,
      text: 'It is sunny ([weather](https://example.com)). 😀',
      logprobs: [
        {
          token: 'It is sunny',
          logprob: -0.25,
          bytes: [...Buffer.from('It is sunny')],
          top: [{token: 'It is sunny', logprob: -0.25, bytes: [73]}],
        },
      ],
    },
    {
      type: 'reply-end',
      finish: [{unified: 'length', raw: 'length'}],
      usage: {inputTokens: 23, outputTokens: 14, reasoningTokens: 3},
    },
  ]);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(completion)}, question);
});

test('a refusal is told apart from text, with its log probabilities', t => {
  const token = {token: 'No.', logprob: -0.5, bytes: [78, 111, 46], top_logprobs: []};
  const choice = {
    index: 0,
    message: {role: 'assistant', content: null, refusal: 'No.'},
    logprobs: {content: null, refusal: [token]},
    finish_reason: 'stop',
  };
  const {candidates} = foldRecorded(
    answerDecoder.decodeBody({...completion, choices: [choice]}, asking({logprobs: {top: 0}})),
  );
  t.like(candidates[0], {text: '', refusal: 'No.', logprobs: undefined});
  t.deepEqual(candidates[0]?.refusalLogprobs, [{token: 'No.', logprob: -0.5, bytes: [78, 111, 46], top: []}]);
});

test('an empty answer of the API is an answer', t => {
  const choice = {index: 0, message: {role: 'assistant', content: '', refusal: null}, finish_reason: 'stop'};
  t.deepEqual(answerDecoder.decodeBody({model: 'm', choices: [choice]}, asking()), [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ]);
});

test('calls of custom tools are calls of functions with the argument input, whole and in pieces', t => {
  const input = 'SELECT "a"\n-- \\ 😀';
  const finish_reason = 'tool_calls';
  const call = {index: 0, id: 'call_1', type: 'custom', custom: {name: 'sql', input}};
  const whole = {
    model: 'm',
    choices: [{index: 0, message: {content: null, tool_calls: [call]}, finish_reason}],
  };
  const pieces = [
    {...call, custom: {name: 'sql', input: ''}},
    ...input.split(' ').map((word, index) => ({index: 0, custom: {input: index === 0 ? word : ` ${word}`}})),
  ].map(piece => delta({tool_calls: [piece]}));
  const end = {model: 'm', choices: [{index: 0, delta: {}, finish_reason}]};
  const events = [...pieces, end, '[DONE]'].map(data => ({
    data: typeof data === 'string' ? data : JSON.stringify(data),
  }));
  const streamed = decodeEvents(answerDecoder, events, asking());
  for (const chunks of [decodeBody(answerDecoder, JSON.stringify(whole), asking()), streamed]) {
    t.deepEqual(
      chunks.filter(({type}) => type === 'tool-call-start'),
      [{type: 'tool-call-start', candidate: 0, call: 0, name: 'sql'}],
    );
    const text = chunks.map(chunk => (chunk.type === 'tool-call-delta' ? chunk.text : '')).join('');
    t.deepEqual(JSON.parse(text), {input});
  }
});

const stop: FinishReason = {unified: 'stop', raw: 'stop'};

test('content that chunks cannot hold is not understood, and shown', t => {
  const withMessage = (message: object) =>
    JSON.stringify({model: 'm', choices: [{index: 0, message, finish_reason: stop.raw}]});
  const audio = withMessage({content: null, audio: {id: 'audio_1', data: 'AAAA', transcript: 'Hi'}});
  t.regex(failure(t, () => decodeBody(answerDecoder, audio, asking())).message, /audio.*"audio_1"/);
  const unknown = withMessage({
    content: null,
    tool_calls: [{id: 'call_1', type: 'computer', computer: {name: 'sql', input: 'SELECT 1'}}],
  });
  t.regex(failure(t, () => decodeBody(answerDecoder, unknown, asking())).message, /"computer".*SELECT 1/);
  const part = withMessage({content: [{type: 'image_url', image_url: {url: 'data:,'}}]});
  t.regex(failure(t, () => decodeBody(answerDecoder, part, asking())).message, /image_url/);
});

test('an error event fails with the words of the provider', t => {
  const error = {message: 'The server had an error', type: 'server_error', param: null, code: null};
  const events = [delta({content: 'Hel'}), {error}].map(data => ({data: JSON.stringify(data)}));
  const {message} = failure(t, () => decodeEvents(answerDecoder, events, asking()));
  t.is(message, 'The provider failed while answering: The server had an error');
});

test('an answer with fewer candidates than were requested is not complete', t => {
  failure(t, () => answerDecoder.decodeBody(completion, asking({candidates: 2})));
});

test('the text of a large integer in a call stays', t => {
  const called = {name: 'f', arguments: '{"id":12345678901234567890}'};
  const choice = {
    index: 0,
    message: {content: null, tool_calls: [{id: 'call_1', type: 'function', function: called}]},
    finish_reason: 'tool_calls',
  };
  const body = stringifyJson({model: 'm', choices: [choice]});
  t.deepEqual(foldRecorded(decodeBody(answerDecoder, body, asking())).candidates[0]?.toolCalls, [called]);
});
