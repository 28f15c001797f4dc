import {rawEnd, type StreamedChunk, type WireHead} from '../../chat/wire.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import type {TakeAnswer, TimedChunk} from '../take.js';
import {errorAnswer} from './error-take.js';
import {wireOf} from './wire-of.js';

/** An answer that reached its end. */
export type RecordedAnswer = TakeAnswer & {
  /** Whether it is kept in the provider's bytes only. */
  readonly isRaw: boolean;
};

export type RecordTakeOptions = {
  readonly keep: (answer: RecordedAnswer) => Promise<void>;
  /** Keeps an error of the upstream in place of an answer. Absent: an error leaves no take. */
  readonly keepError?: ((answer: TakeAnswer) => Promise<void>) | undefined;
  readonly elapsed: () => number;
};

/**
 * Lets an answer through and keeps it. The end is announced only once the take is kept; an answer that is aborted, cut or failed
 * leaves no take.
 */
export async function* recordTake<Chunk extends StreamedChunk>(
  chunks: AsyncIterable<Chunk>,
  {keep, keepError, elapsed}: RecordTakeOptions,
): AsyncIterable<Chunk> {
  if (keepError) {
    yield* recordError(recordTake(chunks, {keep, elapsed}), {keepError, elapsed});
    return;
  }
  const recorded: TimedChunk[] = [];
  const pieces: {at: number; bytes: Uint8Array}[] = [];
  let head: WireHead | undefined;
  let isRaw = false;
  for await (const given of chunks) {
    const chunk: StreamedChunk = given;
    const at = Math.max(0, Math.round(elapsed()));
    switch (chunk.type) {
      case 'wire-head':
        head = chunk;
        break;
      case 'wire-data':
        pieces.push({at, bytes: chunk.bytes});
        break;
      case 'wire-verdict':
        isRaw = chunk.verdict === 'raw';
        break;
      case 'reply-end': {
        const end: TimedChunk = {at, chunk: isRaw ? rawEnd : chunk};
        const [first = end, ...others] = isRaw ? recorded.slice(0, 1) : recorded;
        const wire = head && wireOf(head, pieces);
        await keep({chunks: [first, ...others, end], wire, isRaw});
        yield given;
        return;
      }
      case 'reply-start':
        recorded.push({at, chunk: {type: chunk.type, answeredBy: chunk.answeredBy}});
        break;
      default:
        recorded.push({at, chunk});
    }
    yield given;
  }
  throw new RetakeError('upstream_failed', 'The upstream stopped in the middle of its answer');
}

/** An error is kept if it is all that came: one in the middle of an answer is no answer to a request. */
async function* recordError<Chunk extends StreamedChunk>(
  chunks: AsyncIterable<Chunk>,
  {
    keepError,
    elapsed,
  }: Required<Pick<RecordTakeOptions, 'elapsed'>> & {
    readonly keepError: (answer: TakeAnswer) => Promise<void>;
  },
): AsyncIterable<Chunk> {
  let hasContent = false;
  try {
    for await (const chunk of chunks) {
      hasContent ||= chunk.type !== 'reply-start';
      yield chunk;
    }
  } catch (error) {
    const answer = hasContent
      ? undefined
      : errorAnswer(toRetakeError(error), Math.max(0, Math.round(elapsed())));
    if (answer) await keepError(answer);
    throw error;
  }
}
