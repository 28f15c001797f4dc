import fc from 'fast-check';
import type {Take} from '../../src/cassette/take.js';
import type {AnswerChunk, FinishReason, TokenChoice, TokenLogprob} from '../../src/chat/chunk.js';

const text = fc.oneof(
  fc.string({unit: 'grapheme', maxLength: 12}),
  fc.string({unit: 'binary', maxLength: 4}),
);
/** Half of a character that UTF-16 writes as two units: a piece may end there. */
const halfCharacter = fc.constantFrom('\ud83d', '\ude00');
const count = fc.nat({max: 5000});

const choice: fc.Arbitrary<TokenChoice> = fc
  .record(
    {
      token: fc.oneof(text, halfCharacter),
      id: fc.nat({max: 300_000}),
      bytes: fc.option(fc.array(fc.nat({max: 255}), {maxLength: 4}), {nil: undefined}),
      logprob: fc.double({min: -100, max: -Number.MIN_VALUE, noNaN: true}),
    },
    {requiredKeys: ['token', 'logprob', 'bytes']},
  )
  .map(({bytes, ...rest}) => ({...rest, bytes: bytes ?? [...Buffer.from(rest.token)]}));

const logprob: fc.Arbitrary<TokenLogprob> = fc
  .tuple(choice, fc.array(choice, {maxLength: 2}))
  .map(([chosen, top]) => ({...chosen, top}));

const finish: fc.Arbitrary<FinishReason> = fc.record({
  unified: fc.constantFrom('stop', 'length', 'content-filter', 'tool-calls', 'other'),
  raw: text,
});

const usage = fc.record(
  {inputTokens: count, outputTokens: count, reasoningTokens: count},
  {requiredKeys: ['inputTokens', 'outputTokens']},
);

function content(candidates: number): fc.Arbitrary<AnswerChunk> {
  const candidate = fc.nat({max: candidates - 1});
  return fc.oneof(
    fc.record(
      {
        type: fc.constant('text-delta' as const),
        candidate,
        text: fc.oneof({weight: 4, arbitrary: text}, halfCharacter),
        refusal: fc.constant(true as const),
        logprobs: fc.array(logprob, {maxLength: 2}),
      },
      {requiredKeys: ['type', 'candidate', 'text']},
    ),
    fc.record({type: fc.constant('reasoning-delta' as const), candidate, text}),
  );
}

/** Answers that follow the grammar of chunks, of every kind. */
export const arbitraryChunks: fc.Arbitrary<readonly AnswerChunk[]> = fc
  .integer({min: 1, max: 3})
  .chain(candidates =>
    fc.tuple(
      fc.record({model: text, engine: text}, {requiredKeys: ['model']}),
      fc.array(content(candidates), {maxLength: 12}),
      fc.array(finish, {minLength: candidates, maxLength: candidates}),
      fc.option(usage, {nil: undefined}),
    ),
  )
  .map(([answeredBy, contents, reasons, used]): readonly AnswerChunk[] => {
    const [first = {unified: 'stop', raw: 'stop'} as const, ...others] = reasons;
    return [
      {type: 'reply-start', answeredBy},
      ...contents,
      {type: 'reply-end', finish: [first, ...others], ...(used && {usage: used})},
    ];
  });

/** Takes as a recorder creates them, with only a few times, so that many coincide. */
export const arbitraryTake: fc.Arbitrary<Take> = fc
  .tuple(arbitraryChunks, fc.array(fc.nat({max: 90}), {minLength: 14, maxLength: 14}), fc.nat({max: 3}), text)
  .map(([chunks, pauses, second, askedFor]) => {
    const start = chunks[0];
    const answeredBy = start?.type === 'reply-start' ? start.answeredBy : {model: ''};
    let at = 0;
    const [first, ...rest] = chunks.map((chunk, index) => {
      at += pauses[index] ?? 0;
      return {at, chunk};
    });
    if (!first) throw new Error('an answer has at least two chunks');
    return {
      chunks: [first, ...rest],
      provenance: {recordedAt: 1_760_000_000_000 + 1000 * second, askedFor, ...answeredBy},
    };
  });
