import {rawEnd, type StreamedChunk, type WireAnswer, type WireHead} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import type {Take, TimedChunk} from '../take.js';
import {splitEvents} from './split-events.js';

/** An answer that reached its end. */
export type RecordedAnswer = Pick<Take, 'chunks' | 'wire'> & {
  /** Whether it is kept in the provider's bytes only. */
  readonly isRaw: boolean;
};

/**
 * Lets an answer through and keeps it. The end is announced only once the take is kept; an answer that is aborted, cut or failed
 * leaves no take.
 */
export async function* recordTake<Chunk extends StreamedChunk>(
  chunks: AsyncIterable<Chunk>,
  {keep, elapsed}: {readonly keep: (answer: RecordedAnswer) => Promise<void>; readonly elapsed: () => number},
): AsyncIterable<Chunk> {
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

function wireOf({form, status, headers}: WireHead, pieces: WireAnswer['pieces']): WireAnswer {
  const kept = Object.entries(headers).filter(([name]) => keptHeaders.has(name.toLowerCase()));
  return {
    ...form,
    status,
    headers: Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), String(value)])),
    pieces: splitEvents(pieces, String(headers['content-type'] ?? '')),
  };
}

/** The headers that say what a body is; all others are of the moment, or may hold a cookie. */
const keptHeaders = new Set([
  'content-type',
  'content-disposition',
  'openai-version',
  'x-goog-upload-status',
  'x-goog-upload-url',
  'x-goog-upload-chunk-granularity',
]);
