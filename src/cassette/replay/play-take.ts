import type {AnswerChunk} from '../../chat/chunk.js';
import {isSameForm, type StreamedChunk, type WireAnswer, type WireForm} from '../../chat/wire.js';
import type {RetakeError} from '../../errors.js';
import {isRaw} from '../key/redact-wire.js';
import type {Take} from '../take.js';
import type {CassetteContext} from './cassette-context.js';
import {errorOf} from './error-take.js';
import {dueTime, type Pace, waitUntilDue} from './pace.js';

type PlayOptions = Pick<CassetteContext, 'signal' | 'schedule'> & {
  readonly pace: Pace;
  readonly now: () => number;
};

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
    const waiting = timeChunk(at, options, startedAt);
    if (waiting) await waiting;
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
  {schedule, ...others}: PlayOptions,
): AsyncIterable<StreamedChunk> {
  // Another delivery may be sent whole, so that its caller has nothing to wait with.
  const options: PlayOptions = delivery === 'stream' ? {...others, schedule} : others;
  const startedAt = options.pace === 'instant' ? 0 : options.now();
  if (options.pace !== 'instant') options.schedule?.(0);
  yield {type: 'wire-head', form: {dialect, endpoint, delivery}, status, headers};
  for (const {at, bytes} of pieces) {
    const waiting = timeChunk(at, options, startedAt);
    if (waiting) await waiting;
    yield {type: 'wire-data', bytes};
  }
  yield end;
}

/** Waits until a chunk is due, unless the caller does that. */
function timeChunk(at: number, options: PlayOptions, startedAt: number): Promise<void> | undefined {
  const {pace, schedule} = options;
  if (pace === 'instant') return undefined;
  if (!schedule) return waitUntilDue(at, {...options, startedAt});
  schedule(dueTime(at, pace));
  return undefined;
}
