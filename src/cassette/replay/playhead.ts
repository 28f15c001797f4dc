import {LRUCache} from 'lru-cache';
import type {CassetteKey} from '../key/key.js';

/** Where an asking belongs: repeats are counted for each session, cassette and key apart. */
export type PlayheadPosition = {
  readonly session: string;
  readonly cassette: string;
  readonly key: CassetteKey;
};

/** Which take comes next. It lives in memory only: playing changes no file. */
export type Playhead = {
  /** How often the key was asked before, and counts this asking. */
  advance(position: PlayheadPosition): number;
  /** The same without counting. */
  peek(position: PlayheadPosition): number;
};

/** A server that runs for months sees sessions come and go; only this many, the most recently used ones, are remembered. */
const sessionLimit = 10_000;

/** How often each key of each cassette was asked in a session. */
type Counts = Map<string, Map<CassetteKey, number>>;

export function createPlayhead(): Playhead {
  const sessions = new LRUCache<string, Counts>({max: sessionLimit});
  let latest: {readonly session: string; readonly counts: Counts} | undefined;
  const countsOf = (session: string) => {
    if (latest?.session === session) return latest.counts;
    const counts = sessions.get(session) ?? new Map();
    sessions.set(session, counts);
    latest = {session, counts};
    return counts;
  };
  return {
    advance({session, cassette, key}) {
      const counts = countsOf(session);
      const ofCassette = counts.get(cassette) ?? new Map<CassetteKey, number>();
      counts.set(cassette, ofCassette);
      const count = ofCassette.get(key) ?? 0;
      ofCassette.set(key, count + 1);
      return count;
    },
    peek: ({session, cassette, key}) => sessions.peek(session)?.get(cassette)?.get(key) ?? 0,
  };
}
