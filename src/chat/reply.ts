import {RetakeError, unreachable} from '../errors.js';
import type {AnswerChunk, AnsweredBy, FinishReason, TokenLogprob, Usage} from './chunk.js';

/** A whole answer: what a unary response is made from. */
export type ChatReply = {
  readonly answeredBy: AnsweredBy;
  readonly candidates: readonly Candidate[];
  readonly usage?: Usage;
};

export type Candidate = {
  readonly text: string;
  readonly reasoning: string;
  /** Present when the answer carried log probabilities. */
  readonly logprobs?: readonly TokenLogprob[];
  readonly finish: FinishReason;
};

/**
 * Folds a complete chunk stream into the reply. Re-splitting the deltas does not change the result.
 * @throws RetakeError `internal` when the stream does not follow the grammar of {@link AnswerChunk}.
 */
export async function foldChunks(
  chunks: AsyncIterable<AnswerChunk> | Iterable<AnswerChunk>,
): Promise<ChatReply> {
  let answeredBy: AnsweredBy | undefined;
  const contents = new Map<number, {text: string; reasoning: string; logprobs?: TokenLogprob[]}>();
  const contentOf = (candidate: number) => {
    const content = contents.get(candidate) ?? {text: '', reasoning: ''};
    contents.set(candidate, content);
    return content;
  };
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'reply-start':
        answeredBy = chunk.answeredBy;
        break;
      case 'text-delta': {
        const content = contentOf(chunk.candidate);
        content.text += chunk.text;
        if (chunk.logprobs) {
          content.logprobs ??= [];
          content.logprobs.push(...chunk.logprobs);
        }
        break;
      }
      case 'reasoning-delta':
        contentOf(chunk.candidate).reasoning += chunk.text;
        break;
      case 'reply-end':
        if (answeredBy === undefined) throw new RetakeError('internal', 'An answer ended before it started');
        for (const candidate of contents.keys()) {
          if (candidate >= chunk.finish.length) {
            throw new RetakeError('internal', `Candidate ${candidate} of an answer spoke but did not end`);
          }
        }
        return {
          answeredBy,
          candidates: chunk.finish.map((finish, index) => ({...contentOf(index), finish})),
          ...(chunk.usage && {usage: chunk.usage}),
        };
      default:
        unreachable(chunk);
    }
  }
  throw new RetakeError('internal', 'An answer stopped before its end');
}
