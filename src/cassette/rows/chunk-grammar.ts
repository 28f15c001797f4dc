import type {AnswerChunk} from '../../chat/chunk.js';
import {unreachable} from '../../errors.js';

/** The first place where chunks break the grammar of {@link AnswerChunk}, as a sentence; undefined if they follow it. */
export function findGrammarProblem(chunks: readonly AnswerChunk[]): string | undefined {
  const started = new Set<string>();
  const last = chunks.at(-1);
  if (chunks[0]?.type !== 'reply-start') return 'the answer does not begin with reply-start';
  if (last?.type !== 'reply-end') return 'the answer does not end with reply-end';
  for (const [index, chunk] of chunks.entries()) {
    const problem = findChunkProblem(chunk, {
      isFirst: index === 0,
      isLast: index === chunks.length - 1,
      candidates: last.finish.length,
      started,
    });
    if (problem) return `chunk ${index + 1} of ${chunks.length}: ${problem}`;
  }
  return undefined;
}

function findChunkProblem(
  chunk: AnswerChunk,
  {
    isFirst,
    isLast,
    candidates,
    started,
  }: {isFirst: boolean; isLast: boolean; candidates: number; started: Set<string>},
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
    case 'tool-call-start':
    case 'tool-call-delta': {
      if (chunk.candidate >= candidates) {
        return `candidate ${chunk.candidate} has no finish reason: there are ${candidates}`;
      }
      const name = `${chunk.candidate}/${chunk.call}`;
      if (chunk.type === 'tool-call-delta') {
        return started.has(name) ? undefined : `call ${chunk.call} goes on before it started`;
      }
      if (started.has(name)) return `call ${chunk.call} starts twice`;
      if (chunk.call > 0 && !started.has(`${chunk.candidate}/${chunk.call - 1}`)) {
        return `call ${chunk.call} starts before call ${chunk.call - 1}`;
      }
      started.add(name);
      return undefined;
    }
    case 'embedding':
    case 'token-count':
      return undefined;
    default:
      return unreachable(chunk);
  }
}
