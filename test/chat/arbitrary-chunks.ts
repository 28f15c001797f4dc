import fc from 'fast-check';
import type {ChunkOf, FinishReason, TokenChoice, TokenLogprob, Usage} from '../../src/chat/chunk.js';

const text = fc.string({unit: 'grapheme', maxLength: 12});

const tokenChoice: fc.Arbitrary<TokenChoice> = fc.record(
  {
    token: text,
    id: fc.nat(),
    bytes: fc.array(fc.integer({min: 0, max: 255}), {maxLength: 4}),
    logprob: fc.double({min: -100, max: 0, noNaN: true}).map(logprob => (logprob === 0 ? 0 : logprob)),
  },
  {requiredKeys: ['token', 'bytes', 'logprob']},
);

const tokenLogprob: fc.Arbitrary<TokenLogprob> = fc
  .tuple(tokenChoice, fc.array(tokenChoice, {maxLength: 2}))
  .map(([token, top]) => ({...token, top}));

const finish: fc.Arbitrary<FinishReason> = fc.record({
  unified: fc.constantFrom('stop', 'length', 'content-filter', 'tool-calls', 'other'),
  raw: text,
});

const usage: fc.Arbitrary<Usage> = fc.record(
  {inputTokens: fc.nat(), outputTokens: fc.nat(), reasoningTokens: fc.nat()},
  {requiredKeys: ['inputTokens', 'outputTokens']},
);

/**
 * Complete answers that follow the grammar of chats: one to three candidates, interleaved, with text before, between and after calls, with
 * or without log probabilities.
 */
export const arbitraryChunks: fc.Arbitrary<ChunkOf<'chat'>[]> = fc
  .tuple(fc.integer({min: 1, max: 3}), fc.boolean())
  .chain(([candidates, withLogprobs]) => {
    const candidate = fc.nat({max: candidates - 1});
    const textDelta = {
      type: fc.constant('text-delta' as const),
      candidate,
      text,
      ...(withLogprobs && {logprobs: fc.array(tokenLogprob, {maxLength: 3})}),
    };
    const delta: fc.Arbitrary<ChunkOf<'chat'>> = fc.oneof(
      fc.record(textDelta),
      fc.record({...textDelta, refusal: fc.constant(true as const)}),
      fc.record({type: fc.constant('reasoning-delta' as const), candidate, text}),
    );
    return fc.tuple(
      fc.array(delta, {maxLength: 12}),
      fc.array(fc.record({candidate, name: text, pieces: fc.array(text, {maxLength: 3})}), {maxLength: 3}),
      fc.array(finish, {minLength: candidates, maxLength: candidates}),
      fc.option(usage, {nil: undefined}),
      fc.array(fc.boolean(), {maxLength: 24}),
    );
  })
  .map(([deltas, calls, [first, ...others], tokens, picks]): ChunkOf<'chat'>[] => [
    {type: 'reply-start', answeredBy: {model: 'gemma-3'}},
    ...mixed(deltas, callChunks(calls), picks),
    {
      type: 'reply-end',
      finish: [first ?? {unified: 'stop', raw: 'stop'}, ...others],
      ...(tokens && {usage: tokens}),
    },
  ]);

type Call = {readonly candidate: number; readonly name: string; readonly pieces: readonly string[]};

/** Every call starts before any call continues, so that calls interleave. */
function callChunks(calls: readonly Call[]): ChunkOf<'chat'>[] {
  const numbered = calls.map(({candidate, name, pieces}, index) => ({
    candidate,
    name,
    pieces,
    call: calls.slice(0, index).filter(earlier => earlier.candidate === candidate).length,
  }));
  return [
    ...numbered.map(
      ({candidate, name, call}): ChunkOf<'chat'> => ({type: 'tool-call-start', candidate, call, name}),
    ),
    ...numbered.flatMap(({candidate, pieces, call}) =>
      pieces.map((piece): ChunkOf<'chat'> => ({type: 'tool-call-delta', candidate, call, text: piece})),
    ),
  ];
}

/** Both lists in their own order, mixed: text may follow a call, and come between its pieces. */
function mixed<Item>(
  [...some]: readonly Item[],
  [...others]: readonly Item[],
  picks: readonly boolean[],
): Item[] {
  const all: Item[] = [];
  for (const takesOther of picks) {
    const next = takesOther ? others.shift() : some.shift();
    if (next !== undefined) all.push(next);
  }
  return [...all, ...some, ...others];
}

/** The chunks as a stream, as a model answers. */
export async function* streamOf<Chunk>(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* chunks;
}
