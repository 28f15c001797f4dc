import type {AnswerChunk} from '../../chat/chunk.js';
import {RetakeError} from '../../errors.js';
import type {Take, TimedChunk} from '../take.js';

/**
 * Lets an answer through and keeps it. The end is announced only once the take is kept; an answer that is aborted, cut or failed
 * leaves no take.
 */
export async function* recordTake(
  chunks: AsyncIterable<AnswerChunk>,
  {keep, elapsed}: {readonly keep: (chunks: Take['chunks']) => Promise<void>; readonly elapsed: () => number},
): AsyncIterable<AnswerChunk> {
  const recorded: TimedChunk[] = [];
  for await (const chunk of chunks) {
    const timed = {at: Math.max(0, Math.round(elapsed())), chunk};
    recorded.push(timed);
    if (chunk.type === 'reply-end') {
      const [first = timed, ...others] = recorded;
      await keep([first, ...others]);
      yield chunk;
      return;
    }
    yield chunk;
  }
  throw new RetakeError('upstream_failed', 'The upstream stopped in the middle of its answer');
}
