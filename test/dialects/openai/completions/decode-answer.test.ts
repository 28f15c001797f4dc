import test from 'ava';
import fc from 'fast-check';
import type {ChunkOf, TokenChoice} from '../../../../src/chat/chunk.js';
import {foldRecorded} from '../../../../src/chat/reply.js';
import type {CompletionRequest} from '../../../../src/chat/request.js';
import type {AnsweredQuestion} from '../../../../src/dialects/kit/answer-decoder.js';
import {answerDecoder} from '../../../../src/dialects/openai/completions/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/openai/completions/encode-reply.js';
import {encodeStream} from '../../../../src/dialects/openai/completions/encode-stream.js';
import {arbitraryChunks, streamOf} from '../../../chat/arbitrary-chunks.js';
import {
  assertCutsFail,
  assertDamageIsCaught,
  canonical,
  decodeBody,
  decodeEvents,
  type Expressed,
  eventsIn,
  failure,
} from '../../provider-answers.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const format = {modelName: 'gpt-3.5-turbo-instruct', top: 0, offsetOf: () => 0, includeUsage: true};

function completing(request: Partial<CompletionRequest> = {}): AnsweredQuestion {
  return {
    request: {operation: 'complete', prompts: ['Once'], ...request},
    modelName: 'gpt-3.5-turbo-instruct',
  };
}

/** The API has neither bytes nor ids of tokens, and no other ends. */
const expressed: Expressed = {
  hasOrder: true,
  finish: ({unified}) => ({
    unified: unified === 'length' || unified === 'content-filter' ? unified : 'stop',
    stopSequence: undefined,
  }),
  token: ({token, logprob}: TokenChoice) => ({token, logprob, bytes: []}),
};

/** Texts without calls and reasoning. */
const texts: fc.Arbitrary<ChunkOf<'complete'>[]> = arbitraryChunks.map(chunks =>
  chunks.flatMap((chunk): ChunkOf<'complete'>[] => {
    if (chunk.type === 'text-delta') {
      const {logprobs, ...delta} = chunk;
      return [logprobs ? {...delta, logprobs: logprobs.map(token => ({...token, top: []}))} : delta];
    }
    return chunk.type === 'reply-start' || chunk.type === 'reply-end' ? [chunk] : [];
  }),
);

function questionOf(chunks: readonly ChunkOf<'complete'>[]): AnsweredQuestion {
  const {candidates} = foldRecorded(chunks);
  const hasTwoPrompts = candidates.length === 2;
  return completing({
    prompts: hasTwoPrompts ? ['Once', 'Twice'] : ['Once'],
    candidates: hasTwoPrompts ? 1 : candidates.length,
    logprobs: {top: 0},
  });
}

async function encodeEvents(chunks: readonly ChunkOf<'complete'>[]): Promise<string> {
  let stream = '';
  for await (const event of encodeStream(streamOf(chunks), identity, format)) stream += event;
  return stream;
}

test('an answer decodes to its chunks, unary and streamed', async t => {
  await fc.assert(
    fc.asyncProperty(texts, async chunks => {
      const expected = canonical(chunks, expressed);
      const question = questionOf(chunks);
      const events = eventsIn(await encodeEvents(chunks));
      t.deepEqual(canonical(decodeEvents(answerDecoder, events, question), expressed), expected);
      const body = encodeReply(foldRecorded(chunks), identity, format);
      t.deepEqual(canonical(decodeBody(answerDecoder, body, question), expressed), expected);
    }),
    {numRuns: 200},
  );
});

test('a stream that is cut anywhere is an error', async t => {
  await fc.assert(
    fc.asyncProperty(texts, async chunks => {
      assertCutsFail(t, answerDecoder, eventsIn(await encodeEvents(chunks)), questionOf(chunks));
    }),
    {numRuns: 25},
  );
});

/** An answer in the form of the real API. */
const completion = {
  id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7',
  object: 'text_completion',
  created: 1_589_478_378,
  model: 'gpt-3.5-turbo-instruct:20230824-v2',
  system_fingerprint: 'fp_44709d6fcb',
  choices: [
    {
      text: ' upon 1',
      index: 0,
      logprobs: {
        tokens: [' upon', ' 1'],
        token_logprobs: [-0.5, null],
        top_logprobs: [{' a': -2, '1': -3, ' upon': -0.5}, {}],
        text_offset: [4, 9],
      },
      finish_reason: 'length',
    },
  ],
  usage: {prompt_tokens: 1, completion_tokens: 2, total_tokens: 3},
};

test('an answer of the real API decodes without loss', t => {
  const question = completing({logprobs: {top: 2}});
  const token = (text: string, logprob: number) => ({token: text, bytes: [...Buffer.from(text)], logprob});
  t.deepEqual(answerDecoder.decodeBody(completion, question), [
    {
      type: 'reply-start',
      answeredBy: {model: 'gpt-3.5-turbo-instruct:20230824-v2', engine: 'fp_44709d6fcb'},
    },
    {
      type: 'text-delta',
      candidate: 0,
      text: ' upon 1',
      logprobs: [
        {...token(' upon', -0.5), top: [token(' upon', -0.5), token(' a', -2)]},
        {...token(' 1', -9999), top: []},
      ],
    },
    {
      type: 'reply-end',
      finish: [{unified: 'length', raw: 'length'}],
      usage: {inputTokens: 1, outputTokens: 2},
    },
  ]);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(completion)}, question);
});

test('an answer needs a candidate for each prompt', t => {
  failure(t, () => answerDecoder.decodeBody(completion, completing({prompts: ['Once', 'Twice']})));
});
