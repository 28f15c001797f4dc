import {LRUCache} from 'lru-cache';
import {countBusy} from '../../async/count-busy.js';
import {createSharedStreams, type LabelledStream} from '../../async/share-stream.js';
import type {StreamedChunk} from '../../chat/wire.js';
import type {CassetteKey} from '../key/key.js';
import type {Take} from '../take.js';

/** The answers that are being recorded. They outlive their clients for a while, so that what was asked is recorded. */
export type Recordings = {
  /** Joins the recording with that id until `signal` aborts, or begins it. */
  join(
    id: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => LabelledStream<StreamedChunk, Omit<RecordingLabel, 'fate'>>,
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
  /** What the live model warns of: it may grow until the answer ends. */
  readonly liveWarnings: readonly string[];
  /** The key under which it was kept, once it is. */
  readonly keptAs: () => CassetteKey | undefined;
  readonly fate: Promise<RecordingFate>;
};

/** What became of a recording: `given-up` if its clients left and it was ended. */
export type RecordingFate = 'kept' | 'given-up' | 'failed';

/** How many chunks of takes are remembered: some ten megabytes. */
const rememberedChunks = 100_000;

/** `finishTimeout`: for how many milliseconds a recording goes on without a client. */
export function createRecordings({finishTimeout}: {readonly finishTimeout: number}): Recordings {
  const busy = countBusy();
  const streams = createSharedStreams<StreamedChunk, RecordingLabel>({lingerMs: finishTimeout});
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
    join: (id, signal, begin) =>
      streams.join(id, signal, recordingSignal => {
        const done = busy.begin();
        const {label, items} = begin(recordingSignal);
        let settle: (fate: RecordingFate) => void = () => {};
        const fate = new Promise<RecordingFate>(resolve => {
          settle = resolve;
        });
        const watched = async function* () {
          try {
            yield* items;
            settle('kept');
          } catch (error) {
            settle(recordingSignal.aborted ? 'given-up' : 'failed');
            throw error;
          } finally {
            done();
          }
        };
        return {label: {...label, fate}, items: watched()};
      }),
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
