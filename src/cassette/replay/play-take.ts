import type {AnswerChunk} from '../../chat/chunk.js';
import type {Take} from '../take.js';
import {type Pace, waitUntilDue} from './pace.js';

/** Plays a take: its chunks as they were recorded, as fast as the pace says. */
export async function* playTake(
  take: Take,
  options: {readonly pace: Pace; readonly now: () => number; readonly signal: AbortSignal},
): AsyncIterable<AnswerChunk> {
  const startedAt = options.pace === 'instant' ? 0 : options.now();
  for (const {at, chunk} of take.chunks) {
    if (options.pace !== 'instant') await waitUntilDue(at, {...options, startedAt});
    yield chunk;
  }
}
