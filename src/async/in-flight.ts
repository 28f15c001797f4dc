/**
 * Work in flight, by id. It runs while it has listeners. When the last one leaves, it continues for `lingerMs`, and is aborted if no new
 * listener joins within that time.
 */
export type InFlight<Work> = {
  /** Joins the work with that id, or begins it. `begin` gets a function to call when the work has ended. */
  join(id: string, begin: (signal: AbortSignal, end: () => void) => Work): Joined<Work>;
  /** Whether work with that id is in flight, so that joining begins none. */
  has(id: string): boolean;
  /** Aborts work without listeners: all of it, or so many pieces, those first whose listeners left first. */
  abandon(count?: number): void;
  /** Aborts all work without listeners, now and from now on. */
  close(): void;
};

export type Joined<Work> = {readonly work: Work; leave(): void};

export type InFlightOptions = {
  /** Delays the moment after its end from which joining begins the work again. */
  readonly forget?: (remove: () => void) => void;
  /** For how many milliseconds work goes on without a listener; 0, the default, aborts it at once. */
  readonly lingerMs?: number;
  /** Called when work loses its last listener and goes on. */
  readonly onLinger?: (() => void) | undefined;
};

type Entry<Work> = {
  readonly work: Work;
  readonly abort: AbortController;
  listeners: number;
  hasEnded: boolean;
  /** Runs while nobody listens. */
  timer: NodeJS.Timeout | undefined;
};

export function createInFlight<Work>({
  forget = remove => remove(),
  lingerMs = 0,
  onLinger,
}: InFlightOptions = {}): InFlight<Work> {
  const entries = new Map<string, Entry<Work>>();
  /** Without listeners and not ended. The oldest come first. */
  const lingering = new Map<Entry<Work>, string>();
  let isClosed = false;
  const start = (id: string, begin: (signal: AbortSignal, end: () => void) => Work): Entry<Work> => {
    const abort = new AbortController();
    const end = () => {
      entry.hasEnded = true;
      stopLingering(entry);
      forget(() => remove(id, entry));
    };
    const entry: Entry<Work> = {
      work: begin(abort.signal, () => end()),
      abort,
      listeners: 0,
      hasEnded: false,
      timer: undefined,
    };
    entries.set(id, entry);
    return entry;
  };
  const remove = (id: string, entry: Entry<Work>) => {
    if (entries.get(id) === entry) entries.delete(id);
  };
  const stopLingering = (entry: Entry<Work>) => {
    clearTimeout(entry.timer);
    lingering.delete(entry);
  };
  const giveUp = (id: string, entry: Entry<Work>) => {
    stopLingering(entry);
    remove(id, entry);
    entry.abort.abort();
  };
  const abandon = (count = lingering.size) => {
    for (const [entry, id] of [...lingering].slice(0, Math.max(0, count))) giveUp(id, entry);
  };
  return {
    join(id, begin) {
      const entry = entries.get(id) ?? start(id, begin);
      stopLingering(entry);
      entry.listeners++;
      return {
        work: entry.work,
        leave() {
          entry.listeners--;
          if (entry.listeners > 0 || entry.hasEnded) return;
          if (lingerMs === 0 || isClosed) return giveUp(id, entry);
          lingering.set(entry, id);
          entry.timer = setTimeout(() => giveUp(id, entry), lingerMs);
          onLinger?.();
        },
      };
    },
    has: id => entries.has(id),
    abandon,
    close() {
      isClosed = true;
      abandon();
    },
  };
}
