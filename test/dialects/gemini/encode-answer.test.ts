import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonValue} from '../../../src/chat/json.js';
import type {ChatReply} from '../../../src/chat/reply.js';
import {foldChunks} from '../../../src/chat/reply.js';
import {encodeReply} from '../../../src/dialects/gemini/generate-content/encode-reply.js';
import type {WireResponse} from '../../../src/dialects/gemini/generate-content/response.js';
import {RetakeError} from '../../../src/errors.js';
import {answer} from './arbitrary-answer.js';
import {ask, configured, encodeEvents, identity, streamOf} from './ask.js';
import {foldResponses, type SeenAnswer, wordFor} from './fold-responses.js';

const withThoughts = configured({thinkingConfig: {includeThoughts: true}});
const withoutThoughts = configured({});

function streamed(body = withThoughts, query = 'alt=sse') {
  return ask(body, {endpoint: 'streamGenerateContent', query, model: 'gemini-x'}).answer;
}

function encodeUnary(reply: ChatReply, body = withThoughts): WireResponse {
  const options = {
    modelName: 'gemini-x',
    includeThoughts: body === withThoughts,
    isTextOnly: true,
    isVertex: false,
  };
  return JSON.parse(encodeReply(reply, identity, options));
}

/** Reads events as a strict parser of server-sent events does: `data: `, one line, an empty line. */
function parseEvent(event: string): WireResponse {
  const [, json] = /^data: ([^\r\n]*)\r\n\r\n$/.exec(event) ?? [];
  if (json === undefined) throw new Error(`No event: ${JSON.stringify(event)}`);
  return JSON.parse(json);
}

function seen({candidates, usage}: ChatReply, showsThoughts: boolean): SeenAnswer {
  return {
    candidates: candidates.map(({text, reasoning, logprobs, finish}) => ({
      text,
      reasoning: showsThoughts ? reasoning : '',
      ...(logprobs && {logprobs: [...logprobs]}),
      finish: wordFor(finish),
      ...(logprobs && {average: logprobs.reduce((sum, {logprob}) => sum + logprob, 0) / logprobs.length}),
    })),
    ...(usage && {usage}),
  };
}

for (const [body, showsThoughts] of [
  [withThoughts, true],
  [withoutThoughts, false],
] as const) {
  const thoughts = showsThoughts ? 'thoughts' : 'no thoughts';

  test(`a stream with ${thoughts}, in events or as an array, has the content of its chunks`, async t => {
    await fc.assert(
      fc.asyncProperty(answer, async chunks => {
        const expected = seen(await foldChunks(chunks), showsThoughts);
        const events = await encodeEvents(streamed(body), chunks);
        t.deepEqual(foldResponses(events.map(parseEvent)), expected);
        const array = await encodeEvents(streamed(body, ''), chunks);
        t.deepEqual(foldResponses(JSON.parse(array.join(''))), expected);
      }),
    );
  });

  test(`a unary answer with ${thoughts} has the content of its stream`, async t => {
    await fc.assert(
      fc.asyncProperty(answer, async chunks => {
        const reply = await foldChunks(chunks);
        t.deepEqual(foldResponses([encodeUnary(reply, body)]), seen(reply, showsThoughts));
      }),
    );
  });
}

test('splitting the deltas further does not change the content', async t => {
  await fc.assert(
    fc.asyncProperty(answer, async chunks => {
      const split = chunks.flatMap((chunk): readonly AnswerChunk[] =>
        (chunk.type === 'text-delta' && !chunk.logprobs) || chunk.type === 'reasoning-delta'
          ? [...chunk.text].map(text => ({...chunk, text}))
          : [chunk],
      );
      const whole = (await encodeEvents(streamed(), chunks)).map(parseEvent);
      const parts = (await encodeEvents(streamed(), split)).map(parseEvent);
      t.deepEqual(foldResponses(parts), foldResponses(whole));
    }),
  );
});

test('every response of a stream has the model, the id and the usage, and only the last one has the finish reason', async t => {
  await fc.assert(
    fc.asyncProperty(answer, async chunks => {
      const responses = (await encodeEvents(streamed(), chunks)).map(parseEvent);
      for (const [place, {modelVersion, responseId, usageMetadata, candidates}] of responses.entries()) {
        t.deepEqual([modelVersion, responseId, typeof usageMetadata], ['gemini-x', identity.id, 'object']);
        for (const {content, finishReason} of candidates) {
          t.is(content.role, 'model');
          t.true(content.parts.length > 0);
          t.is(finishReason !== undefined, place === responses.length - 1);
        }
      }
    }),
  );
});

test('the same chunks give the same bytes', async t => {
  await fc.assert(
    fc.asyncProperty(answer, async chunks => {
      t.deepEqual(await encodeEvents(streamed(), chunks), await encodeEvents(streamed(), chunks));
    }),
    {numRuns: 20},
  );
});

const chunks: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'gemma'}},
  {type: 'reasoning-delta', candidate: 0, text: 'Hm.'},
  {type: 'text-delta', candidate: 0, text: 'Hel'},
  {type: 'text-delta', candidate: 0, text: 'lo'},
  {
    type: 'reply-end',
    finish: [{unified: 'length', raw: 'length'}],
    usage: {inputTokens: 3, outputTokens: 4, reasoningTokens: 1},
  },
];

test('a unary answer has the shape of a real one', async t => {
  t.deepEqual(encodeUnary(await foldChunks(chunks)), {
    candidates: [
      {
        content: {parts: [{text: 'Hm.', thought: true}, {text: 'Hello'}], role: 'model'},
        finishReason: 'MAX_TOKENS',
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 3,
      totalTokenCount: 7,
      promptTokensDetails: [{modality: 'TEXT', tokenCount: 3}],
      candidatesTokensDetails: [{modality: 'TEXT', tokenCount: 3}],
      thoughtsTokenCount: 1,
    },
    modelVersion: 'gemini-x',
    responseId: identity.id,
  });
});

test('an empty answer has one empty part', t => {
  const {candidates} = encodeUnary(
    {
      answeredBy: {model: 'gemma'},
      candidates: [
        {
          text: '',
          reasoning: 'Hm.',
          toolCalls: [],
          parts: [{type: 'reasoning', text: 'Hm.'}],
          finish: {unified: 'stop', raw: 'stop'},
        },
      ],
    },
    withoutThoughts,
  );
  t.deepEqual(candidates[0]?.content, {parts: [{text: ''}], role: 'model'});
});

test('log probabilities are returned with their sum and average', t => {
  const chosen = (token: string, logprob: number) => ({token, bytes: [], logprob});
  const logprobs = [
    {...chosen('a', -0.5), id: 7, top: [{...chosen('a', -0.5), id: 7}, chosen('x', -2)]},
    {...chosen('b', -0.25), top: []},
  ];
  const {candidates} = encodeUnary({
    answeredBy: {model: 'gemma'},
    candidates: [
      {
        text: 'ab',
        reasoning: '',
        toolCalls: [],
        parts: [{type: 'text', text: 'ab', logprobs}],
        finish: {unified: 'stop', raw: 'stop'},
        logprobs,
      },
    ],
  });
  t.like(candidates[0], {
    avgLogprobs: -0.375,
    logprobsResult: {
      topCandidates: [
        {
          candidates: [
            {token: 'a', tokenId: 7, logProbability: -0.5},
            {token: 'x', logProbability: -2},
          ],
        },
        {candidates: []},
      ],
      chosenCandidates: [
        {token: 'a', tokenId: 7, logProbability: -0.5},
        {token: 'b', logProbability: -0.25},
      ],
      logProbabilitySum: -0.75,
    },
  });
});

test('the last text of a stream carries the finish reason, and no empty text follows', async t => {
  const events = await encodeEvents(streamed(withoutThoughts), chunks);
  t.deepEqual(
    events.map(event => parseEvent(event).candidates[0]?.content.parts),
    [[{text: 'Hel'}], [{text: 'lo'}]],
  );
  t.deepEqual(
    events.map(event => parseEvent(event).candidates[0]?.finishReason),
    [undefined, 'MAX_TOKENS'],
  );
});

test('a text before calls is a response of its own, and the calls end the stream', async t => {
  const events = await encodeEvents(streamed(withoutThoughts), [
    {type: 'reply-start', answeredBy: {model: 'gemma'}},
    {type: 'text-delta', candidate: 0, text: 'I look'},
    {type: 'tool-call-start', candidate: 0, call: 0, name: 'look'},
    {type: 'text-delta', candidate: 1, text: 'No'},
    {
      type: 'reply-end',
      finish: [
        {unified: 'tool-calls', raw: 'tool_calls'},
        {unified: 'stop', raw: 'stop'},
      ],
    },
  ]);
  const [text, end, ...others] = events.map(event => parseEvent(event).candidates);
  t.deepEqual(others, []);
  t.like(text, [{index: 0, content: {parts: [{text: 'I look'}]}}]);
  t.like(end, [
    {index: 0, content: {parts: [{functionCall: {name: 'look', args: {}}}]}, finishReason: 'STOP'},
    {index: 1, content: {parts: [{text: 'No'}]}, finishReason: 'STOP'},
  ]);
});

test('every response of a stream has the token count of the prompt; in Vertex AI only the last one has', async t => {
  const usages = async (path: string) => {
    const {answer} = ask(withoutThoughts, {endpoint: 'streamGenerateContent', query: 'alt=sse', path});
    const events = await encodeEvents(answer, chunks);
    return events.map(event => parseEvent(event).usageMetadata);
  };
  const promptTokensDetails = [{modality: 'TEXT', tokenCount: 3}];
  const end = {
    promptTokenCount: 3,
    candidatesTokenCount: 3,
    totalTokenCount: 7,
    promptTokensDetails,
    candidatesTokensDetails: [{modality: 'TEXT', tokenCount: 3}],
    thoughtsTokenCount: 1,
  };
  const developer = '/v1beta/models/m:streamGenerateContent';
  t.deepEqual(await usages(developer), [{promptTokenCount: 3, totalTokenCount: 3, promptTokensDetails}, end]);
  const vertex = '/v1beta1/publishers/google/models/m:streamGenerateContent';
  t.deepEqual(await usages(vertex), [undefined, end]);
});

test('a stream is sent as it comes if the count is known, and waits for it otherwise, with the same bytes', async t => {
  const usage = {inputTokens: 3, outputTokens: 2};
  const answer: readonly AnswerChunk[] = [
    {type: 'reply-start', answeredBy: {model: 'gemma'}},
    {type: 'text-delta', candidate: 0, text: 'a'},
    {type: 'text-delta', candidate: 0, text: 'b'},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage},
  ];
  const [start, ...rest] = answer;
  const counted: readonly AnswerChunk[] = [{...start, inputTokens: 3} as AnswerChunk, ...rest];
  /** The events, and how many chunks had been read when each one came. */
  const read = async (chunks: readonly AnswerChunk[], replayed?: {usage: typeof usage}) => {
    const format = streamed();
    if (format.delivery !== 'stream') throw new Error('Expected a stream');
    let pulled = 0;
    const counting = async function* () {
      for (const chunk of chunks) {
        pulled++;
        yield chunk;
      }
    };
    const events: string[] = [];
    const times: number[] = [];
    for await (const event of format.encodeStream(counting(), {...identity, replayed})) {
      events.push(event);
      times.push(pulled);
    }
    return {events, times};
  };
  const live = await read(counted);
  t.deepEqual(live.times, [3, 4]);
  t.deepEqual(await read(answer, {usage}), live);
  t.deepEqual(await read(answer), {events: live.events, times: [4, 4]});
});

test('line breaks of every kind stay inside their event', async t => {
  const text = '\r\n\u0085\u2028\u2029\u000b';
  const events = await encodeEvents(streamed(), [
    {type: 'reply-start', answeredBy: {model: 'gemma'}},
    {type: 'text-delta', candidate: 0, text},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ]);
  for (const character of text.slice(2)) t.false(events.join('').includes(character));
  t.is(foldResponses(events.map(parseEvent)).candidates[0]?.text, text);
});

test('a stream that stops before its end never ends cleanly', async t => {
  for (const query of ['alt=sse', '']) {
    const error = await t.throwsAsync(encodeEvents(streamed(withThoughts, query), chunks.slice(0, -1)));
    t.true(error instanceof RetakeError);
  }
});

const failure = new RetakeError('upstream_failed', 'The upstream broke off.');

test('a failure in mid-stream is an event, or the last element of the array', async t => {
  const sse = streamed();
  const array = streamed(withThoughts, '');
  if (sse.delivery !== 'stream' || array.delivery !== 'stream') return t.fail();
  const error = {code: 502, message: 'The upstream broke off.', status: 'UNAVAILABLE'};
  t.like(parseEvent(sse.encodeStreamError(failure)), {error});
  const [first = ''] = await encodeEvents(array, chunks);
  t.like(JSON.parse(first + array.encodeStreamError(failure)), {1: {error}});
});

test('an array that fails before it showed anything holds the failure alone', async t => {
  const array = streamed(configured({}), '');
  if (array.delivery !== 'stream') return t.fail();
  async function* broken(): AsyncGenerator<AnswerChunk> {
    yield {type: 'reply-start', answeredBy: {model: 'm'}};
    yield {type: 'reasoning-delta', candidate: 0, text: 'A thought that this client is not shown'};
    throw failure;
  }
  let body = '';
  await t.throwsAsync(async () => {
    for await (const response of array.encodeStream(broken(), identity)) body += response;
  });
  const [only, ...others] = JSON.parse(body + array.encodeStreamError(failure));
  t.like(only, {error: {code: 502, status: 'UNAVAILABLE'}});
  t.deepEqual(others, []);
});

test('a delta is sent when the next one arrives', async t => {
  const format = streamed();
  if (format.delivery !== 'stream') return t.fail();
  let pulled = 0;
  async function* counted() {
    for await (const chunk of streamOf(chunks)) {
      pulled++;
      yield chunk;
    }
  }
  const replayed = {usage: {inputTokens: 3, outputTokens: 4}};
  const events = format.encodeStream(counted(), {...identity, replayed})[Symbol.asyncIterator]();
  await events.next();
  t.is(pulled, 3, 'the thought is sent when the first text has come');
});

test('the token count of a prompt with an image is not split by modality', async t => {
  const usage = {inputTokens: 270, outputTokens: 3};
  const chunks: readonly AnswerChunk[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'text-delta', candidate: 0, text: 'A cat'},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage},
  ];
  const told = async (...parts: readonly JsonValue[]) => {
    const {answer} = ask({contents: [{parts}]});
    if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
    return JSON.parse(await answer.encode(streamOf(chunks), identity)).usageMetadata;
  };
  const candidatesTokensDetails = [{modality: 'TEXT', tokenCount: 3}];
  const counts = {
    promptTokenCount: 270,
    candidatesTokenCount: 3,
    totalTokenCount: 273,
    candidatesTokensDetails,
  };
  const details = {promptTokensDetails: [{modality: 'TEXT', tokenCount: 270}]};
  t.deepEqual(await told({text: 'What is it?'}), {...counts, ...details});
  t.deepEqual(await told({text: 'What is it?'}, {inlineData: {mimeType: 'image/png', data: 'aGk='}}), counts);
});
