import fc from 'fast-check';
import type {AnswerChunk, Usage} from '../../src/chat/chunk.js';
import type {AnsweredQuestion} from '../../src/dialects/kit/answer-decoder.js';

/** Embeddings of 32-bit floats, which every encoding of them keeps. */
export const arbitraryEmbeddings: fc.Arbitrary<number[][]> = fc.array(
  fc.array(
    fc.float({noNaN: true, noDefaultInfinity: true}).map(value => (value === 0 ? 0 : value)),
    {minLength: 1, maxLength: 4},
  ),
  {minLength: 1, maxLength: 3},
);

/** A request for embeddings that a provider answered. */
export function embedding(inputs: number, modelName: string): AnsweredQuestion {
  const content = [{type: 'text' as const, text: 'Hi'}];
  const request = {operation: 'embed' as const, inputs: Array.from({length: inputs}, () => ({content}))};
  return {request, modelName};
}

export function embeddingAnswer(
  embeddings: readonly (readonly number[])[],
  model: string,
  usage: Usage | undefined,
): readonly AnswerChunk[] {
  return [
    {type: 'reply-start', answeredBy: {model}},
    ...embeddings.map((values, input) => ({type: 'embedding' as const, input, values})),
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], ...(usage && {usage})},
  ];
}
