import {recentlyUsed} from '../collections/recently-used.js';

/** Counts how often something was played. */
export type TimesCounter = {
  /** Counts one more, and whether it is among the first `times`; always, if that is undefined. */
  take(id: string, times: number | undefined): boolean;
  /** Whether the next `take` would be. */
  isOpen(id: string, times: number | undefined): boolean;
};

/** A server that runs for months sees sessions come and go; only this many counts, the most recently used ones, are remembered. */
const countLimit = 10_000;

export function createTimesCounter(): TimesCounter {
  const counts = recentlyUsed<string, number>(countLimit);
  const isOpen: TimesCounter['isOpen'] = (id, times) => times === undefined || (counts.get(id) ?? 0) < times;
  return {
    isOpen,
    take(id, times) {
      if (times === undefined) return true;
      if (!isOpen(id, times)) return false;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      return true;
    },
  };
}
