import {createInFlight} from './in-flight.js';

/**
 * Streams with several listeners. A stream runs once for all listeners: a client that leaves never takes the answer from another one. When
 * the last one has left, the stream goes on for `lingerMs`, and a client that comes back joins it. A stream never waits for a listener.
 */
export type SharedStreams<Item, Label> = {
  /**
   * Joins the stream of that id until `signal` aborts, or begins it. All listeners get the same label. `onBehind` is called if more than
   * `maxBehind` waits for the listener, which has been busy with one item for `stallMs`.
   */
  join(
    id: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => LabelledStream<Item, Label>,
    onBehind?: () => void,
  ): LabelledStream<Item, Label>;
  /** Whether a stream with that id runs, so that joining begins none. */
  has(id: string): boolean;
  /** Aborts streams without listeners: all of them, or so many, those first whose listeners left first. */
  abandon(count?: number): void;
  /** Aborts all streams without listeners, now and from now on. */
  close(): void;
};

export type LabelledStream<Item, Label> = {readonly label: Label; readonly items: AsyncIterable<Item>};

export type SharedStreamsOptions<Item> = {
  readonly lingerMs?: number;
  /** Called when a stream loses its last listener and goes on. */
  readonly onLinger?: (() => void) | undefined;
  /** How much an item counts towards `maxBehind`. */
  readonly sizeOf?: (item: Item) => number;
  readonly maxBehind?: number;
  readonly stallMs?: number;
};

export function createSharedStreams<Item, Label>({
  lingerMs = 0,
  onLinger,
  sizeOf = () => 1,
  maxBehind = Number.POSITIVE_INFINITY,
  stallMs = 0,
}: SharedStreamsOptions<Item> = {}): SharedStreams<Item, Label> {
  // Callers that looked the result up before the end join within a turn of the event loop; later ones find the result.
  const inFlight = createInFlight<SharedStream<Item, Label>>({forget: setImmediate, lingerMs, onLinger});
  return {
    has: inFlight.has,
    abandon: inFlight.abandon,
    close: inFlight.close,
    join(id, signal, begin, onBehind = () => {}) {
      const {work, leave} = inFlight.join(id, (shared, end) => startStream(begin(shared), {end, sizeOf}));
      // Called for each item, so it costs nothing for a listener that is not behind.
      const watch = (listener: BusyListener) => {
        if (listener.timer || work.size - listener.offset <= maxBehind) return;
        listener.timer = afterTurns(stallTurns, stallMs / stallTurns, onBehind);
      };
      return {label: work.label, items: listen(work, signal, {leave, sizeOf, watch})};
    },
  };
}

/** While this process is busy, no listener can come back: so many turns of the event loop have to pass before one is behind. */
const stallTurns = 10;

function afterTurns(turns: number, turnMs: number, callback: () => void): NodeJS.Timeout {
  let passed = 0;
  const timer = setInterval(() => {
    if (++passed < turns) return;
    clearInterval(timer);
    callback();
  }, turnMs);
  return timer;
}

type SharedStream<Item, Label> = {
  readonly label: Label;
  readonly items: Item[];
  end: 'running' | 'complete' | {readonly error: unknown};
  /** Resolved, and replaced, whenever an item or the end has come. */
  change: Deferred;
  /** The size of all items so far. */
  size: number;
  readonly busy: Set<BusyListener>;
};

/** A listener that has not come back for the next item. */
type BusyListener = {
  /** The size of the stream up to the item that it is busy with. */
  readonly offset: number;
  readonly watch: (listener: BusyListener) => void;
  /** Runs while the listener is behind. */
  timer: NodeJS.Timeout | undefined;
};

type Deferred = {readonly promise: Promise<void>; readonly resolve: () => void};

function startStream<Item, Label>(
  {label, items}: LabelledStream<Item, Label>,
  options: GatherOptions<Item>,
): SharedStream<Item, Label> {
  const stream: SharedStream<Item, Label> = {
    label,
    items: [],
    end: 'running',
    change: deferred(),
    size: 0,
    busy: new Set(),
  };
  void gather(stream, items, options);
  return stream;
}

type GatherOptions<Item> = {readonly end: () => void; readonly sizeOf: (item: Item) => number};

async function gather<Item, Label>(
  stream: SharedStream<Item, Label>,
  items: AsyncIterable<Item>,
  {end, sizeOf}: GatherOptions<Item>,
): Promise<void> {
  const notify = () => {
    const {change} = stream;
    stream.change = deferred();
    change.resolve();
  };
  try {
    for await (const item of items) {
      stream.items.push(item);
      stream.size += sizeOf(item);
      notify();
      for (const listener of stream.busy) listener.watch(listener);
    }
    stream.end = 'complete';
  } catch (error) {
    stream.end = {error};
  }
  end();
  notify();
}

type ListenOptions<Item> = {
  readonly leave: () => void;
  readonly sizeOf: (item: Item) => number;
  readonly watch: (listener: BusyListener) => void;
};

async function* listen<Item, Label>(
  stream: SharedStream<Item, Label>,
  signal: AbortSignal,
  {leave, sizeOf, watch}: ListenOptions<Item>,
): AsyncIterable<Item> {
  const {promise: aborted, resolve: abort} = deferred();
  signal.addEventListener('abort', abort, {once: true});
  let offset = 0;
  let busy: BusyListener | undefined;
  const stopWatching = () => {
    if (!busy) return;
    clearInterval(busy.timer);
    stream.busy.delete(busy);
  };
  try {
    for (let index = 0; ; index++) {
      while (index >= stream.items.length && stream.end === 'running' && !signal.aborted) {
        await Promise.race([stream.change.promise, aborted]);
      }
      signal.throwIfAborted();
      const item = stream.items[index];
      if (index < stream.items.length && item !== undefined) {
        offset += sizeOf(item);
        busy = {offset, watch, timer: undefined};
        stream.busy.add(busy);
        watch(busy);
        yield item;
        stopWatching();
      } else if (stream.end === 'complete') return;
      else if (stream.end !== 'running') throw stream.end.error;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    stopWatching();
    leave();
  }
}

function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>(settle => {
    resolve = settle;
  });
  return {promise, resolve};
}
