import type {CassetteKey} from './key.js';

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

/** A server that runs for months sees sessions come and go; the least recently used ones are forgotten beyond this number. */
const sessionLimit = 10_000;

export function createPlayhead(): Playhead {
  const sessions = new Map<string, Map<string, number>>();
  let latest: {readonly session: string; readonly counts: Map<string, number>} | undefined;
  const countsOf = (session: string) => {
    if (latest?.session === session) return latest.counts;
    const counts = sessions.get(session) ?? new Map<string, number>();
    sessions.delete(session);
    sessions.set(session, counts);
    if (sessions.size > sessionLimit) {
      const [oldest] = sessions.keys();
      if (oldest !== undefined) sessions.delete(oldest);
    }
    latest = {session, counts};
    return counts;
  };
  const idOf = ({cassette, key}: PlayheadPosition) => `${cassette}\n${key}`;
  return {
    advance(position) {
      const counts = countsOf(position.session);
      const id = idOf(position);
      const count = counts.get(id) ?? 0;
      counts.set(id, count + 1);
      return count;
    },
    peek: position => sessions.get(position.session)?.get(idOf(position)) ?? 0,
  };
}
