import type {AnswerChunk} from '../../chat/chunk.js';
import {unreachable} from '../../errors.js';

/** The first place where chunks break the grammar of {@link AnswerChunk}, as a sentence; undefined when they follow it. */
export function findGrammarProblem(chunks: readonly AnswerChunk[]): string | undefined {
  const last = chunks.at(-1);
  if (chunks[0]?.type !== 'reply-start') return 'the answer does not begin with reply-start';
  if (last?.type !== 'reply-end') return 'the answer does not end with reply-end';
  for (const [index, chunk] of chunks.entries()) {
    const problem = findChunkProblem(chunk, {
      isFirst: index === 0,
      isLast: index === chunks.length - 1,
      candidates: last.finish.length,
    });
    if (problem) return `chunk ${index + 1} of ${chunks.length}: ${problem}`;
  }
  return undefined;
}

function findChunkProblem(
  chunk: AnswerChunk,
  {isFirst, isLast, candidates}: {isFirst: boolean; isLast: boolean; candidates: number},
): string | undefined {
  switch (chunk.type) {
    case 'reply-start':
      return isFirst ? undefined : 'the answer begins twice';
    case 'reply-end':
      return isLast ? undefined : 'the answer goes on after its end';
    case 'text-delta':
    case 'reasoning-delta':
      return chunk.candidate < candidates
        ? undefined
        : `candidate ${chunk.candidate} has no finish reason: there are ${candidates}`;
    default:
      return unreachable(chunk);
  }
}
