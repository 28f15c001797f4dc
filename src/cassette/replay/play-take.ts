import type {AnswerChunk} from '../../chat/chunk.js';
import {isSameForm, type StreamedChunk, type WireAnswer, type WireForm} from '../../chat/wire.js';
import type {RetakeError} from '../../errors.js';
import {isRaw} from '../key/redact-wire.js';
import type {Take} from '../take.js';
import {errorOf} from './error-take.js';
import {type Pace, waitUntilDue} from './pace.js';

type PlayOptions = {readonly pace: Pace; readonly now: () => number; readonly signal: AbortSignal};

/**
 * Plays a take as fast as the pace says: a provider's bytes to a client of the same API and delivery, and the chunks as they were recorded
 * to any other. A recorded error is thrown.
 */
export function playTake(
  take: Take,
  {form, ...options}: PlayOptions & {readonly form: WireForm | undefined},
): AsyncIterable<StreamedChunk> {
  const {wire, chunks} = take;
  const error = errorOf(take, form);
  if (error) return playError(take, error, options);
  const end = chunks.at(-1)?.chunk;
  return wire && end && (isRaw(take) || isSameForm(wire, form))
    ? playWire(wire, end, options)
    : playChunks(chunks, options);
}

async function* playChunks(chunks: Take['chunks'], options: PlayOptions): AsyncIterable<AnswerChunk> {
  const startedAt = options.pace === 'instant' ? 0 : options.now();
  for (const {at, chunk} of chunks) {
    if (options.pace !== 'instant') await waitUntilDue(at, {...options, startedAt});
    yield chunk;
  }
}

// biome-ignore lint/correctness/useYield: it never answers
async function* playError(
  {chunks}: Take,
  error: RetakeError,
  options: PlayOptions,
): AsyncIterable<StreamedChunk> {
  const startedAt = options.pace === 'instant' ? 0 : options.now();
  const {at = 0} = chunks.at(-1) ?? {};
  if (options.pace !== 'instant') await waitUntilDue(at, {...options, startedAt});
  throw error;
}

async function* playWire(
  {dialect, endpoint, delivery, status, headers, pieces}: WireAnswer,
  end: AnswerChunk,
  options: PlayOptions,
): AsyncIterable<StreamedChunk> {
  const startedAt = options.pace === 'instant' ? 0 : options.now();
  yield {type: 'wire-head', form: {dialect, endpoint, delivery}, status, headers};
  for (const {at, bytes} of pieces) {
    if (options.pace !== 'instant') await waitUntilDue(at, {...options, startedAt});
    yield {type: 'wire-data', bytes};
  }
  yield end;
}
