import {LRUCache} from 'lru-cache';
import {countBusy} from '../../async/count-busy.js';
import {createSharedStreams, type LabelledStream} from '../../async/share-stream.js';
import type {Usage} from '../../chat/chunk.js';
import type {StreamedChunk} from '../../chat/wire.js';
import type {CassetteKey} from '../key/key.js';
import type {Take} from '../take.js';

/** The answers that are being recorded. They outlive their clients for a while, so that what was asked is recorded. */
export type Recordings = {
  /**
   * Joins the recording with that id until `signal` aborts, or begins it. `onBehind` is called if the client does not read and would hold
   * too much memory: the recording never waits for it.
   */
  join(
    id: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => LabelledStream<StreamedChunk, Omit<RecordingLabel, 'fate'>>,
    onBehind?: () => void,
  ): LabelledStream<StreamedChunk, RecordingLabel>;
  /** Whether the recording with that id is running. */
  isRunning(id: string): boolean;
  /** Remembers a take under the id of its recording. */
  remember(id: string, take: Take): void;
  /** The take that was recorded under that id, if it is remembered. */
  recall(id: string): Take | undefined;
  /** Begins the preparation of a request, which may lead to a recording. The signal outlives that of the client. */
  prepare(signal: AbortSignal): {readonly signal: AbortSignal; done(): void};
  /** Resolves when nothing is being recorded or prepared. */
  settled(): Promise<void>;
  /** Ends what no client waits for. */
  abandon(): void;
  /** Ends what no client waits for, now and from now on. */
  close(): void;
};

export type RecordingLabel = {
  /** Unix milliseconds. */
  readonly recordedAt: number;
  /** Which request for its key has begun it, from 0. */
  readonly number: number;
  /** What the live model warns of: it may grow until the answer ends. */
  readonly liveWarnings: readonly string[];
  /** The tokens of the answer, once it has ended. */
  readonly usage: () => Usage | undefined;
  /** The key under which it was kept, once it is. */
  readonly keptAs: () => CassetteKey | undefined;
  /** Whether an error of the upstream was kept in place of an answer. */
  readonly isErrorTake: () => boolean;
  readonly fate: Promise<RecordingFate>;
};

/** What became of a recording: `given-up` if its clients left and it was ended. */
export type RecordingFate = 'kept' | 'given-up' | 'failed';

/** How many chunks of takes are remembered: some ten megabytes. */
const rememberedChunks = 100_000;

/** A client for which more of an answer waits, in bytes, is disconnected when it has read nothing for a while. */
const maxBehind = 8 * 1024 * 1024;
const stallMs = 5000;

export type RecordingsOptions = {
  /** For how many milliseconds a recording goes on without a client. */
  readonly finishTimeout: number;
  /**
   * How many answers the model gives at once. If more are being recorded, those without a client are given up, so that the others get
   * their turn. Undefined gives none up for that.
   */
  readonly slots?: (() => number | undefined) | undefined;
  /** Called when a recording that no client waited for was given up for another one. */
  readonly onYield?: (() => void) | undefined;
};

export function createRecordings({finishTimeout, slots, onYield}: RecordingsOptions): Recordings {
  const busy = countBusy();
  const running = new Set<AbortSignal>();
  const yieldSlots = () => {
    const tooMany = running.size - (slots?.() ?? Number.POSITIVE_INFINITY);
    if (tooMany > 0) streams.abandon(tooMany);
    for (const signal of running) {
      if (!signal.aborted) continue;
      running.delete(signal);
      onYield?.();
    }
  };
  const streams = createSharedStreams<StreamedChunk, RecordingLabel>({
    lingerMs: finishTimeout,
    onLinger: yieldSlots,
    sizeOf: sizeOfChunk,
    maxBehind,
    stallMs,
  });
  const remembered = new LRUCache<string, Take>({
    maxSize: rememberedChunks,
    sizeCalculation: ({chunks, wire}) => chunks.length + (wire ? wire.pieces.length : 0),
  });
  /** The preparations whose client has left. */
  const left = new Set<() => void>();
  let isClosed = false;
  const abandon = () => {
    for (const giveUp of left) giveUp();
    streams.abandon();
  };
  return {
    join: (id, signal, begin, onBehind) => {
      const beginAndWatch = (recordingSignal: AbortSignal) => {
        const done = busy.begin();
        running.add(recordingSignal);
        yieldSlots();
        const {label, items} = begin(recordingSignal);
        let settle: (fate: RecordingFate) => void = () => {};
        const fate = new Promise<RecordingFate>(resolve => {
          settle = resolve;
        });
        const watched = async function* () {
          try {
            for await (const item of items) {
              // The take is kept before its end is announced, so a client that leaves then has lost nothing.
              if (item.type === 'reply-end') running.delete(recordingSignal);
              yield item;
            }
            settle('kept');
          } catch (error) {
            settle(label.isErrorTake() ? 'kept' : recordingSignal.aborted ? 'given-up' : 'failed');
            throw error;
          } finally {
            running.delete(recordingSignal);
            done();
          }
        };
        return {label: {...label, fate}, items: watched()};
      };
      return streams.join(id, signal, beginAndWatch, onBehind);
    },
    isRunning: streams.has,
    remember: (id, take) => void remembered.set(id, take),
    recall: id => remembered.get(id),
    prepare(signal) {
      const end = busy.begin();
      const outliving = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const giveUp = () => outliving.abort(signal.reason);
      const leave = () => {
        if (isClosed || finishTimeout === 0) return giveUp();
        left.add(giveUp);
        timer = setTimeout(giveUp, finishTimeout);
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, {once: true});
      return {
        signal: outliving.signal,
        done() {
          signal.removeEventListener('abort', leave);
          clearTimeout(timer);
          left.delete(giveUp);
          end();
        },
      };
    },
    settled: busy.idle,
    abandon,
    close() {
      isClosed = true;
      streams.close();
      abandon();
    },
  };
}

/** About the bytes of memory that a chunk takes. */
function sizeOfChunk(chunk: StreamedChunk): number {
  const overhead = 128;
  if (chunk.type === 'wire-data') return overhead + chunk.bytes.length;
  if (chunk.type === 'embedding') return overhead + 8 * chunk.values.length;
  if (!('text' in chunk)) return overhead;
  // A token with its alternatives takes some hundred bytes each.
  const logprobs = 'logprobs' in chunk ? chunk.logprobs : undefined;
  const choices = logprobs?.reduce((sum, {top}) => sum + 1 + top.length, 0) ?? 0;
  return overhead + 2 * chunk.text.length + 256 * choices;
}
