import type {AnswerChunk} from '../../chat/chunk.js';
import {
  isSameForm,
  type StreamedChunk,
  type WireAnswer,
  type WireForm,
  type WireHead,
} from '../../chat/wire.js';
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

/** Those of a take that is not played at once. */
type TimedOptions = PlayOptions & {readonly pace: Exclude<Pace, 'instant'>};

/**
 * Plays a take as fast as the pace says: a provider's bytes to a client of the same API and delivery, and the chunks as they were recorded
 * to any other. A recorded error is thrown.
 */
export function playTake(
  take: Take,
  {form, ...options}: PlayOptions & {readonly form: WireForm | undefined},
): AsyncIterable<StreamedChunk> {
  const error = errorOf(take, form);
  if (error) return playError(take, error, options);
  const {pace} = options;
  if (pace === 'instant') return eachOf(wholeTake(take, form));
  const wire = wireFor(take, form);
  return wire ? playWire(wire, take, {...options, pace}) : playChunks(take.chunks, {...options, pace});
}

/** All chunks of a take that is no error, as they are played to a client. */
export function wholeTake(take: Take, form: WireForm | undefined): readonly StreamedChunk[] {
  const wire = wireFor(take, form);
  if (!wire) return take.chunks.map(({chunk}) => chunk);
  return [headOf(wire), ...wire.pieces.map(({bytes}) => dataOf(bytes)), endOf(take)];
}

async function* eachOf(chunks: readonly StreamedChunk[]): AsyncIterable<StreamedChunk> {
  yield* chunks;
}

/** The provider's bytes, if the client gets them. */
function wireFor(take: Take, form: WireForm | undefined): WireAnswer | undefined {
  const {wire} = take;
  return wire && (isRaw(take) || isSameForm(wire, form)) ? wire : undefined;
}

function headOf({dialect, endpoint, delivery, status, headers}: WireAnswer): WireHead {
  return {type: 'wire-head', form: {dialect, endpoint, delivery}, status, headers};
}

function dataOf(bytes: Uint8Array): StreamedChunk {
  return {type: 'wire-data', bytes};
}

function endOf({chunks}: Take): AnswerChunk {
  return (chunks.at(-1) ?? chunks[0]).chunk;
}

async function* playChunks(chunks: Take['chunks'], options: TimedOptions): AsyncIterable<AnswerChunk> {
  const startedAt = options.now();
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
  wire: WireAnswer,
  take: Take,
  {schedule, ...others}: TimedOptions,
): AsyncIterable<StreamedChunk> {
  // Another delivery may be sent whole, so that its caller has nothing to wait with.
  const options: TimedOptions = wire.delivery === 'stream' ? {...others, schedule} : others;
  const startedAt = options.now();
  options.schedule?.(0);
  yield headOf(wire);
  for (const {at, bytes} of wire.pieces) {
    const waiting = timeChunk(at, options, startedAt);
    if (waiting) await waiting;
    yield dataOf(bytes);
  }
  yield endOf(take);
}

/** Waits until a chunk is due, unless the caller does that. */
function timeChunk(at: number, options: TimedOptions, startedAt: number): Promise<void> | undefined {
  const {pace, schedule} = options;
  if (!schedule) return waitUntilDue(at, {...options, startedAt});
  schedule(dueTime(at, pace));
  return undefined;
}
