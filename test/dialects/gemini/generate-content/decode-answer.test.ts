import test from 'ava';
import fc from 'fast-check';
import {withoutParts} from '../../../../src/chat/answer-parts.js';
import type {ChunkOf, TokenChoice} from '../../../../src/chat/chunk.js';
import type {JsonObject} from '../../../../src/chat/json.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import {answerDecoder} from '../../../../src/dialects/gemini/generate-content/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/gemini/generate-content/encode-reply.js';
import {
  arrayFraming,
  encodeStream,
  type StreamFraming,
  sseFraming,
} from '../../../../src/dialects/gemini/generate-content/encode-stream.js';
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
} from '../../provider-answers.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const options = {modelName: 'gemini-2.5-flash', includeThoughts: true, isTextOnly: true, isVertex: false};
const question = asking({}, 'gemini-2.5-flash');

/** The API has no bytes of tokens, ends a call as it ends a text, and counts thoughts beside the other tokens. */
const expressed: Expressed = {
  hasOrder: true,
  finish({unified}, hasCalls) {
    const isStop = unified === 'stop' || unified === 'tool-calls';
    return {unified: isStop ? (hasCalls ? 'tool-calls' : 'stop') : unified, stopSequence: undefined};
  },
  token: ({token, id, logprob}: TokenChoice) => ({token, ...(id !== undefined && {id}), logprob, bytes: []}),
  usage: usage => usage && {...usage, outputTokens: Math.max(usage.outputTokens, usage.reasoningTokens ?? 0)},
};

const sayable = fc
  .tuple(arbitraryChunks, argumentObjects)
  .map(([chunks, objects]) => withObjectArguments(chunks, objects));

function questionOf(chunks: readonly ChunkOf<'chat'>[]) {
  const candidates = foldRecorded(chunks).candidates.length;
  return asking({candidates, logprobs: {top: 2}}, 'gemini-2.5-flash');
}

async function encode(chunks: readonly ChunkOf<'chat'>[], framing: StreamFraming): Promise<string> {
  let stream = '';
  for await (const event of encodeStream(streamOf(chunks), identity, options, framing)) stream += event;
  return stream;
}

test('a streamed answer decodes to its chunks, as events and as an array', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      const expected = canonical(chunks, expressed);
      const events = eventsIn(await encode(chunks, sseFraming));
      const decoded = decodeEvents(answerDecoder, events, questionOf(chunks));
      t.deepEqual(canonical(decoded, expressed), expected);
      const array = decodeBody(answerDecoder, await encode(chunks, arrayFraming), questionOf(chunks));
      t.deepEqual(canonical(array, expressed), expected);
    }),
    {numRuns: 200},
  );
});

test('a unary answer decodes to its reply', t => {
  fc.assert(
    fc.property(sayable, chunks => {
      const body = encodeReply(foldRecorded(chunks), identity, options);
      const decoded = decodeBody(answerDecoder, body, questionOf(chunks));
      t.deepEqual(canonical(decoded, expressed), canonical(chunks, expressed));
    }),
    {numRuns: 200},
  );
});

test('a stream that is cut anywhere is an error', async t => {
  await fc.assert(
    fc.asyncProperty(sayable, async chunks => {
      assertCutsFail(t, answerDecoder, eventsIn(await encode(chunks, sseFraming)), questionOf(chunks));
    }),
    {numRuns: 25},
  );
});

function response(
  parts: readonly JsonObject[] | undefined,
  rest: JsonObject = {},
  usage: JsonObject = {},
): JsonObject {
  return {
    candidates: [{...(parts && {content: {parts, role: 'model'}}), ...rest}],
    usageMetadata: {trafficType: 'ON_DEMAND', ...usage},
    modelVersion: 'gemini-3.1-flash-lite-preview',
    createTime: '2026-03-10T14:54:45.066123Z',
    responseId: 'tTCwacuEBMvnitYP06qsgQY',
  };
}

function eventsOf(responses: readonly object[]) {
  return eventsIn(responses.map(data => `data: ${JSON.stringify(data)}\r\n\r\n`).join(''));
}

/** A stream in the form of the real API: thoughts, code that it ran, text, calls with signatures, and counts at last. */
const streamed = [
  response([{text: 'I should ', thought: true}]),
  response([{text: 'look.', thought: true}], {index: 0}, {promptTokenCount: 9, totalTokenCount: 9}),
  response([
    {executableCode: {language: 'PYTHON', code: 'print(1)', id: 'x'}},
    {codeExecutionResult: {outcome: 'OUTCOME_OK', output: '1\n', id: 'x'}},
  ]),
  response([{text: 'It is '}, {text: 'sunny.', thoughtSignature: null}]),
  response([
    {
      functionCall: {name: 'get_weather', args: {city: 'Rom', at: 1}, id: 'gp737npz'},
      thoughtSignature: 'Es8CCswC',
    },
  ]),
  response([{functionCall: {name: 'now'}}]),
  response(
    [{text: '', thoughtSignature: 'AY89a18iOcFus5wr5bW5xN6zZ4aUiCyhgmg6'}],
    {
      finishReason: 'STOP',
      safetyRatings: [{category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE'}],
      groundingMetadata: {
        webSearchQueries: ['weather'],
        groundingChunks: [{web: {uri: 'https://example.com', title: 'example.com'}}],
        groundingSupports: [{segment: {endIndex: 12, text: 'It is sunny.'}, groundingChunkIndices: [0]}],
      },
      citationMetadata: {citationSources: []},
    },
    {
      promptTokenCount: 9,
      candidatesTokenCount: 18,
      thoughtsTokenCount: 55,
      toolUsePromptTokenCount: 3,
      cachedContentTokenCount: 4,
      totalTokenCount: 85,
      promptTokensDetails: [{modality: 'TEXT', tokenCount: 9}],
    },
  ),
];

test('a stream of the real API decodes without loss of text, calls, finish and usage', t => {
  const decoded = decodeEvents(answerDecoder, eventsOf(streamed), question);
  t.deepEqual(withoutParts(foldRecorded(decoded)), {
    answeredBy: {model: 'gemini-3.1-flash-lite-preview'},
    candidates: [
      {
        text: 'It is sunny.',
        reasoning: 'I should look.',
        toolCalls: [
          {name: 'get_weather', arguments: '{"city":"Rom","at":1}'},
          {name: 'now', arguments: '{}'},
        ],
        finish: {unified: 'tool-calls', raw: 'STOP'},
      },
    ],
    usage: {inputTokens: 12, outputTokens: 73, reasoningTokens: 55},
  });
  t.deepEqual(answerDecoder.decodeBody(streamed, question), decoded);
  assertCutsFail(t, answerDecoder, eventsOf(streamed), question);
  assertDamageIsCaught(t, answerDecoder, {events: eventsOf(streamed)}, question);
});

/** A unary answer with two candidates, of which the first says no index: JSON of this API leaves out what is 0. */
const whole = {
  ...response(undefined),
  candidates: [
    {
      content: {parts: [{text: 'Yes'}, {text: '.'}], role: 'model'},
      finishReason: 'MAX_TOKENS',
      avgLogprobs: -0.5,
      logprobsResult: {
        topCandidates: [
          {
            candidates: [
              {token: 'Yes', tokenId: 7, logProbability: -0.5},
              {token: 'No', tokenId: 8, logProbability: -1},
            ],
          },
        ],
        chosenCandidates: [
          {token: 'Yes', tokenId: 7, logProbability: -0.5},
          {token: '.', tokenId: 9},
        ],
      },
    },
    {finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed function call: f(', index: 1},
  ],
  usageMetadata: {promptTokenCount: 4, totalTokenCount: 4},
};

test('a unary answer of the real API decodes without loss', t => {
  const asked = asking({candidates: 2, logprobs: {top: 2}}, 'gemini-2.5-flash');
  const yes = {token: 'Yes', id: 7, bytes: [89, 101, 115], logprob: -0.5};
  t.deepEqual(answerDecoder.decodeBody(whole, asked), [
    {type: 'reply-start', answeredBy: {model: 'gemini-3.1-flash-lite-preview'}},
    {type: 'text-delta', candidate: 0, text: 'Yes'},
    {
      type: 'text-delta',
      candidate: 0,
      text: '.',
      logprobs: [
        {...yes, top: [yes, {token: 'No', id: 8, bytes: [78, 111], logprob: -1}]},
        {token: '.', id: 9, bytes: [46], logprob: 0, top: []},
      ],
    },
    {
      type: 'reply-end',
      finish: [
        {unified: 'length', raw: 'MAX_TOKENS'},
        {unified: 'malformed-tool-call', raw: 'MALFORMED_FUNCTION_CALL'},
      ],
      usage: {inputTokens: 4, outputTokens: 0},
    },
  ]);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(whole)}, asked);
});

test('a prompt that was blocked has no candidates, and is an answer', t => {
  const blocked = {
    promptFeedback: {blockReason: 'PROHIBITED_CONTENT', safetyRatings: []},
    usageMetadata: {promptTokenCount: 4, totalTokenCount: 4},
    modelVersion: 'gemini-2.5-flash',
  };
  const expected = [
    {type: 'reply-start' as const, answeredBy: {model: 'gemini-2.5-flash'}},
    {
      type: 'reply-end' as const,
      finish: [{unified: 'content-filter' as const, raw: 'PROHIBITED_CONTENT'}] as const,
      usage: {inputTokens: 4, outputTokens: 0},
    },
  ];
  t.deepEqual(answerDecoder.decodeBody(blocked, question), expected);
  t.deepEqual(decodeEvents(answerDecoder, eventsOf([blocked]), question), expected);
});

for (const [word, unified] of [
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['SPII', 'content-filter'],
  ['LANGUAGE', 'other'],
  ['UNEXPECTED_TOOL_CALL', 'other'],
  ['toString', 'other'],
] as const) {
  test(`the finish reason ${word} is ${unified}, and its word stays`, t => {
    const body = response(undefined, {finishReason: word});
    t.deepEqual(foldRecorded(answerDecoder.decodeBody(body, question)).candidates[0]?.finish, {
      unified,
      raw: word,
    });
  });
}

test('older models repeat the finish reason in each response, and their stream ends with the last', t => {
  const repeated = eventsOf(
    ['a', 'b', 'c'].map(text => response([{text}], {finishReason: 'STOP', index: 0})),
  );
  t.is(foldRecorded(decodeEvents(answerDecoder, repeated, question)).candidates[0]?.text, 'abc');
  const cut = [...repeated, ...eventsOf([response([{text: 'd'}])])];
  failure(t, () => decodeEvents(answerDecoder, cut, question));
});

test('content after the finish reason needs another one, a response without content does not', t => {
  const end = response([{text: 'a'}], {finishReason: 'STOP'});
  const counts = {usageMetadata: {promptTokenCount: 1, candidatesTokenCount: 2}};
  const {usage} = foldRecorded(decodeEvents(answerDecoder, eventsOf([end, counts]), question));
  t.deepEqual(usage, {inputTokens: 1, outputTokens: 2});
});

test('a part of an unknown kind is not understood, and shown', t => {
  for (const part of [
    {inlineData: {mimeType: 'image/png', data: 'iVBORw0KGgo'}},
    {fileData: {mimeType: 'image/png', fileUri: 'https://example.com/iVBORw0KGgo'}},
    {audioTranscription: {text: 'iVBORw0KGgo'}},
    {text: 'a', inlineData: {data: 'iVBORw0KGgo'}},
    {
      functionCall: {
        name: 'f',
        partialArgs: [{jsonPath: '$.a', stringValue: 'iVBORw0KGgo'}],
        willContinue: true,
      },
    },
  ]) {
    const body = response([{text: 'Here'}, part], {finishReason: 'STOP'});
    t.regex(
      failure(t, () => answerDecoder.decodeBody(body, question)).message,
      /not understood.*iVBORw0KGgo/,
    );
    failure(t, () => decodeEvents(answerDecoder, eventsOf([body]), question));
  }
});

test('a failure in an answer fails with the words of the provider', t => {
  const error = {code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE'};
  const events = eventsOf([response([{text: 'a'}]), {error}]);
  t.is(
    failure(t, () => decodeEvents(answerDecoder, events, question)).message,
    'The provider failed while answering: The model is overloaded.',
  );
  failure(t, () => answerDecoder.decodeBody([{error}], question));
});

test('a stream needs all candidates that were requested; a whole answer may have fewer', t => {
  const one = response([{text: 'a'}], {finishReason: 'STOP'});
  const asked = asking({candidates: 2});
  failure(t, () => decodeEvents(answerDecoder, eventsOf([one]), asked));
  t.is(foldRecorded(answerDecoder.decodeBody(one, asked)).candidates.length, 1);
});
