import fc from 'fast-check';
import type {AnswerChunk, FinishReason, TokenLogprob, Usage} from '../../../src/chat/chunk.js';

const text = fc.string({unit: 'grapheme', maxLength: 8});

const choice = fc.record(
  {
    token: text,
    id: fc.nat(),
    bytes: fc.constant([]),
    logprob: fc.integer({min: 0, max: 2000}).map(hundredths => 0 - hundredths / 100),
  },
  {requiredKeys: ['token', 'bytes', 'logprob']},
);
const token: fc.Arbitrary<TokenLogprob> = fc
  .tuple(choice, fc.array(choice, {minLength: 1, maxLength: 2}))
  .map(([chosen, top]) => ({...chosen, top}));

const stop: FinishReason = {unified: 'stop', raw: 'stop'};
const finish: fc.Arbitrary<FinishReason> = fc.constantFrom(
  stop,
  {unified: 'length', raw: 'length'},
  {unified: 'content-filter', raw: 'content_filter'},
  {unified: 'other', raw: 'weird'},
);

const usage: fc.Arbitrary<Usage> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.option(fc.nat(1000), {nil: undefined}))
  .map(([inputTokens, outputTokens, reasoningTokens]) => ({
    inputTokens,
    outputTokens: outputTokens + (reasoningTokens ?? 0),
    ...(reasoningTokens !== undefined && {reasoningTokens}),
  }));

/** A well-formed stream of one to three candidates with interleaved deltas. */
export const answer: fc.Arbitrary<readonly AnswerChunk[]> = fc
  .tuple(fc.integer({min: 1, max: 3}), fc.boolean(), fc.option(usage, {nil: undefined}))
  .chain(([candidates, hasLogprobs, counts]) => {
    const candidate = fc.nat(candidates - 1);
    const textDelta: fc.Arbitrary<AnswerChunk> = hasLogprobs
      ? fc.record({
          type: fc.constant('text-delta' as const),
          candidate,
          text,
          logprobs: fc.array(token, {minLength: 1, maxLength: 2}),
        })
      : fc.record({type: fc.constant('text-delta' as const), candidate, text});
    const reasoningDelta = fc.record({type: fc.constant('reasoning-delta' as const), candidate, text});
    return fc
      .tuple(
        fc.array(fc.oneof(textDelta, reasoningDelta), {maxLength: 12}),
        fc.array(finish, {minLength: candidates, maxLength: candidates}),
      )
      .map(([deltas, [first = stop, ...others]]): readonly AnswerChunk[] => [
        {type: 'reply-start', answeredBy: {model: 'gemma'}},
        ...deltas,
        {type: 'reply-end', finish: [first, ...others], ...(counts && {usage: counts})},
      ]);
  });
