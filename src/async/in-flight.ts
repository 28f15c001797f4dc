/** Work in flight, by id. It runs as long as anyone listens, and is aborted when the last listener leaves. */
export type InFlight<Work> = {
  /** Joins the work with that id, or begins it. `begin` gets a function to call when the work has ended. */
  join(id: string, begin: (signal: AbortSignal, end: () => void) => Work): Joined<Work>;
};

export type Joined<Work> = {readonly work: Work; leave(): void};

type Entry<Work> = {
  readonly work: Work;
  readonly abort: AbortController;
  listeners: number;
  hasEnded: boolean;
};

/** `forget` delays the moment after its end from which joining begins the work again. */
export function createInFlight<Work>(
  forget: (remove: () => void) => void = remove => remove(),
): InFlight<Work> {
  const entries = new Map<string, Entry<Work>>();
  const start = (id: string, begin: (signal: AbortSignal, end: () => void) => Work): Entry<Work> => {
    const abort = new AbortController();
    const end = () => {
      entry.hasEnded = true;
      forget(() => remove(id, entry));
    };
    const entry: Entry<Work> = {work: begin(abort.signal, () => end()), abort, listeners: 0, hasEnded: false};
    entries.set(id, entry);
    return entry;
  };
  const remove = (id: string, entry: Entry<Work>) => {
    if (entries.get(id) === entry) entries.delete(id);
  };
  return {
    join(id, begin) {
      const entry = entries.get(id) ?? start(id, begin);
      entry.listeners++;
      return {
        work: entry.work,
        leave() {
          entry.listeners--;
          if (entry.listeners > 0 || entry.hasEnded) return;
          remove(id, entry);
          entry.abort.abort();
        },
      };
    },
  };
}
