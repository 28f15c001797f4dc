import type {Cassette} from '../cassette/cassette.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {CassetteMiss, type MissReport} from '../cassette/miss.js';
import type {Announcement} from '../cassette/replay/with-cassette.js';
import type {RetakeError} from '../errors.js';
import type {NamedTake, UnusedTake, Verdict} from './verdict.js';

/** Keeps count of what became of every question, for the verdict. */
export type Ledger = {
  /** Notes how a request ended: as announced, or with an error. */
  note(announcement: Announcement | undefined, error: RetakeError | undefined): void;
  verdict(): Promise<Verdict>;
};

/** Which takes of an interaction were played; `all` when it was recorded in this session. */
type Played = Set<number> | 'all';

/** A server that runs for months must not keep every miss; nobody reads more than these. */
const missLimit = 1000;

export function createLedger(): Ledger {
  const counts = {played: 0, recorded: 0, missed: 0, live: 0, failed: 0};
  const misses = new Map<string, MissReport>();
  const cassettes = new Map<Cassette, Map<CassetteKey, Played>>();
  return {
    note(announcement, error) {
      if (!announcement) {
        // What a client did wrong is no question; what went wrong here would have been one.
        if (error && error.status >= 500) counts.failed++;
        return;
      }
      const {outcome, cassette, key, take} = announcement;
      const keys = cassettes.get(cassette) ?? new Map<CassetteKey, Played>();
      cassettes.set(cassette, keys);
      const hasLeft = error?.code === 'client_closed';
      if (error instanceof CassetteMiss) {
        counts.missed++;
        const id = `${cassette.name}\n${key}`;
        if (misses.size < missLimit) misses.set(id, misses.get(id) ?? error.report);
      } else if (error && !hasLeft) counts.failed++;
      else if (outcome === 'hit') {
        counts.played++;
        markPlayed(keys, key, take ?? 0);
      } else if (outcome === 'recorded' && !hasLeft) {
        counts.recorded++;
        keys.set(key, 'all');
      } else counts.live++;
    },
    async verdict() {
      const used: NamedTake[] = [];
      const unused: UnusedTake[] = [];
      for (const [cassette, keys] of cassettes) {
        const takes = await sortTakes(cassette, keys);
        used.push(...takes.used);
        unused.push(...takes.unused);
      }
      return {...counts, misses: [...misses.values()], used, unused};
    },
  };
}

function markPlayed(keys: Map<CassetteKey, Played>, key: CassetteKey, take: number): void {
  const played = keys.get(key);
  if (played === undefined) keys.set(key, new Set([take]));
  else if (played !== 'all') played.add(take);
}

async function sortTakes(
  cassette: Cassette,
  keys: Map<CassetteKey, Played>,
): Promise<Pick<Verdict, 'used' | 'unused'>> {
  const used: NamedTake[] = [];
  const unused: UnusedTake[] = [];
  for await (const {key, view, takes} of cassette.interactions()) {
    const played = keys.get(key);
    takes.forEach(({provenance: {recordedAt}}, index) => {
      const take = {cassette: cassette.name, key, take: index + 1, recordedAt};
      if (played === 'all' || played?.has(index)) used.push(take);
      else unused.push({...take, question: questionOf(view)});
    });
  }
  return {used, unused};
}
