import {recentlyUsed} from '../../collections/recently-used.js';
import type {CassetteKey} from '../key/key.js';

/** Where an asking belongs: repeats are counted for each session, cassette and key apart. */
export type PlayheadPosition = {
  readonly session: string;
  readonly cassette: string;
  readonly key: CassetteKey;
};

/** Which take comes next. It lives in memory only: playing changes no file. */
export type Playhead = {
  /** The lowest number, from 0, that no other asking of the key has. This asking has it from now on. */
  advance(position: PlayheadPosition): number;
  /** The same without taking it. */
  peek(position: PlayheadPosition): number;
  /** Gives the number of an asking back, which was not answered: the next asking gets it. */
  release(position: PlayheadPosition, number: number): void;
};

/** A server that runs for months sees sessions come and go; only this many, the most recently used ones, are remembered. */
const sessionLimit = 10_000;

/** The numbers of one key that askings have: those below `next`, except the released ones. */
type Taken = {next: number; released: readonly number[]};

const none: readonly number[] = [];

/** The numbers of each key of each cassette in a session. */
type Counts = Map<string, Map<CassetteKey, Taken>>;

export function createPlayhead(): Playhead {
  const sessions = recentlyUsed<string, Counts>(sessionLimit);
  let latest: {readonly session: string; readonly counts: Counts} | undefined;
  const countsOf = (session: string) => {
    if (latest?.session === session) return latest.counts;
    const counts = sessions.get(session) ?? new Map();
    sessions.set(session, counts);
    latest = {session, counts};
    return counts;
  };
  const find = ({session, cassette, key}: PlayheadPosition) =>
    sessions.peek(session)?.get(cassette)?.get(key);
  return {
    advance({session, cassette, key}) {
      const counts = countsOf(session);
      const ofCassette = counts.get(cassette) ?? new Map<CassetteKey, Taken>();
      counts.set(cassette, ofCassette);
      const taken = ofCassette.get(key);
      if (!taken) {
        ofCassette.set(key, {next: 1, released: none});
        return 0;
      }
      const [lowest, ...others] = taken.released;
      if (lowest === undefined) return taken.next++;
      taken.released = others;
      return lowest;
    },
    peek(position) {
      const taken = find(position);
      return taken?.released[0] ?? taken?.next ?? 0;
    },
    release(position, number) {
      const taken = find(position);
      if (!taken || number >= taken.next || taken.released.includes(number)) return;
      taken.released = [...taken.released, number].sort((a, b) => a - b);
    },
  };
}
