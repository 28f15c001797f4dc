import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk, ReplyEnd, TextDelta, TokenLogprob} from '../../src/chat/chunk.js';
import {foldChunks} from '../../src/chat/reply.js';
import {RetakeError} from '../../src/errors.js';
import {arbitraryChunks, streamOf} from './arbitrary-chunks.js';

const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'gemma-3', engine: 'b11549'}};
const stop = {unified: 'stop', raw: 'stop'} as const;
const end: ReplyEnd = {type: 'reply-end', finish: [stop], usage: {inputTokens: 3, outputTokens: 2}};
const text = (candidate: number, words: string, logprobs?: readonly TokenLogprob[]): TextDelta => ({
  type: 'text-delta',
  candidate,
  text: words,
  ...(logprobs && {logprobs}),
});
const token = (word: string): TokenLogprob => ({
  token: word,
  bytes: [...Buffer.from(word)],
  logprob: -1,
  top: [],
});

test('deltas are joined per candidate, with reasoning separate from text', async t => {
  const reply = await foldChunks([
    start,
    {type: 'reasoning-delta', candidate: 1, text: 'h'},
    text(0, 'a'),
    text(1, 'x'),
    {type: 'reasoning-delta', candidate: 1, text: 'm'},
    text(0, 'b'),
    {type: 'reply-end', finish: [stop, {unified: 'length', raw: 'max'}]},
  ]);
  t.deepEqual(reply, {
    answeredBy: {model: 'gemma-3', engine: 'b11549'},
    candidates: [
      {text: 'ab', reasoning: '', toolCalls: [], parts: [{type: 'text', text: 'ab'}], finish: stop},
      {
        text: 'x',
        reasoning: 'hm',
        toolCalls: [],
        parts: [
          {type: 'reasoning', text: 'h'},
          {type: 'text', text: 'x'},
          {type: 'reasoning', text: 'm'},
        ],
        finish: {unified: 'length', raw: 'max'},
      },
    ],
  });
});

test('log probabilities are joined, and absent if there were none', async t => {
  const {candidates} = await foldChunks([
    start,
    text(0, 'a', [token('a')]),
    text(0, 'bc', [token('b'), token('c')]),
    end,
  ]);
  t.deepEqual(candidates[0]?.logprobs, [token('a'), token('b'), token('c')]);
  const without = await foldChunks([start, text(0, 'a'), end]);
  t.false('logprobs' in (without.candidates[0] ?? {}));
});

test('a candidate without content is in the reply', async t => {
  const {candidates, usage} = await foldChunks([start, end]);
  t.deepEqual(candidates, [{text: '', reasoning: '', toolCalls: [], parts: [], finish: stop}]);
  t.deepEqual(usage, {inputTokens: 3, outputTokens: 2});
});

const breaksGrammar = test.macro(async (t, ...chunks: AnswerChunk[]) => {
  await t.throwsAsync(foldChunks(chunks), {instanceOf: RetakeError, code: 'internal'});
});

test('an empty stream is not an answer', breaksGrammar);
test('an answer without an end is refused', breaksGrammar, start, text(0, 'a'));
test('an answer without a start is refused', breaksGrammar, text(0, 'a'), end);
test('a candidate with content but no finish is refused', breaksGrammar, start, text(1, 'a'), end);

test('folding fails if the stream fails', async t => {
  async function* broken(): AsyncGenerator<AnswerChunk> {
    yield start;
    throw new RetakeError('upstream_failed', 'The upstream hung up');
  }
  await t.throwsAsync(foldChunks(broken()), {code: 'upstream_failed'});
});

test('splitting deltas does not change the reply', async t => {
  await fc.assert(
    fc.asyncProperty(arbitraryChunks, fc.infiniteStream(fc.nat({max: 5})), async (chunks, cuts) => {
      t.deepEqual(await foldChunks(streamOf(split(chunks, cuts))), await foldChunks(chunks));
    }),
  );
});

/** Splits each delta in two, with its tokens. */
function split(chunks: readonly AnswerChunk[], cuts: Iterator<number>): AnswerChunk[] {
  return chunks.flatMap((chunk): AnswerChunk[] => {
    if (chunk.type !== 'text-delta' && chunk.type !== 'reasoning-delta') return [chunk];
    const cut = cuts.next().value ?? 0;
    const [head, tail] = [chunk.text.slice(0, cut), chunk.text.slice(cut)];
    if (chunk.type === 'reasoning-delta' || !chunk.logprobs) {
      return [
        {...chunk, text: head},
        {...chunk, text: tail},
      ];
    }
    return [
      {...chunk, text: head, logprobs: chunk.logprobs.slice(0, cut)},
      {...chunk, text: tail, logprobs: chunk.logprobs.slice(cut)},
    ];
  });
}
