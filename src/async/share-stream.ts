import {createInFlight} from './in-flight.js';

/**
 * Streams with several listeners. A stream runs once for all listeners: a client that leaves never takes the answer from another one. When
 * the last one has left, the stream goes on for `lingerMs`, and a client that comes back joins it.
 */
export type SharedStreams<Item, Label> = {
  /** Joins the stream of that id until `signal` aborts, or begins it. All listeners get the same label. */
  join(
    id: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => LabelledStream<Item, Label>,
  ): LabelledStream<Item, Label>;
  /** Whether a stream with that id runs, so that joining begins none. */
  has(id: string): boolean;
  /** Aborts all streams without listeners. */
  abandon(): void;
  /** Aborts all streams without listeners, now and from now on. */
  close(): void;
};

export type LabelledStream<Item, Label> = {readonly label: Label; readonly items: AsyncIterable<Item>};

export function createSharedStreams<Item, Label>({
  lingerMs = 0,
}: {
  readonly lingerMs?: number;
} = {}): SharedStreams<Item, Label> {
  // Callers that looked the result up before the end join within a turn of the event loop; later ones find the result.
  const inFlight = createInFlight<SharedStream<Item, Label>>({forget: setImmediate, lingerMs});
  return {
    has: inFlight.has,
    abandon: inFlight.abandon,
    close: inFlight.close,
    join(id, signal, begin) {
      const {work, leave} = inFlight.join(id, (shared, end) => startStream(begin(shared), end));
      return {label: work.label, items: listen(work, signal, leave)};
    },
  };
}

type SharedStream<Item, Label> = {
  readonly label: Label;
  readonly items: Item[];
  end: 'running' | 'complete' | {readonly error: unknown};
  /** Resolved, and replaced, whenever an item or the end has come. */
  change: Deferred;
};

type Deferred = {readonly promise: Promise<void>; readonly resolve: () => void};

function startStream<Item, Label>(
  {label, items}: LabelledStream<Item, Label>,
  end: () => void,
): SharedStream<Item, Label> {
  const stream: SharedStream<Item, Label> = {label, items: [], end: 'running', change: deferred()};
  void gather(stream, items, end);
  return stream;
}

async function gather<Item, Label>(
  stream: SharedStream<Item, Label>,
  items: AsyncIterable<Item>,
  end: () => void,
): Promise<void> {
  const notify = () => {
    const {change} = stream;
    stream.change = deferred();
    change.resolve();
  };
  try {
    for await (const item of items) {
      stream.items.push(item);
      notify();
    }
    stream.end = 'complete';
  } catch (error) {
    stream.end = {error};
  }
  end();
  notify();
}

async function* listen<Item, Label>(
  stream: SharedStream<Item, Label>,
  signal: AbortSignal,
  leave: () => void,
): AsyncIterable<Item> {
  const {promise: aborted, resolve: abort} = deferred();
  signal.addEventListener('abort', abort, {once: true});
  try {
    for (let index = 0; ; index++) {
      while (index >= stream.items.length && stream.end === 'running' && !signal.aborted) {
        await Promise.race([stream.change.promise, aborted]);
      }
      signal.throwIfAborted();
      const item = stream.items[index];
      if (index < stream.items.length && item !== undefined) yield item;
      else if (stream.end === 'complete') return;
      else if (stream.end !== 'running') throw stream.end.error;
    }
  } finally {
    signal.removeEventListener('abort', abort);
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
