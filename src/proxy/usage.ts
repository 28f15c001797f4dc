import type {Cassette} from '../cassette/cassette.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {CassetteMiss, type MissReport} from '../cassette/miss.js';
import type {Announcement} from '../cassette/replay/with-cassette.js';
import type {RetakeError} from '../errors.js';
import type {NamedTake, UnusedTake, Verdict} from './verdict.js';

/** Counts the outcome of each request, for the verdict. */
export type Usage = {
  /** Counts one request: with the outcome that was announced, or with an error. */
  count(announcement: Announcement | undefined, error: RetakeError | undefined): void;
  verdict(): Promise<Verdict>;
};

/** Which takes (recorded answers) of an interaction were played; `all` if it was recorded by this proxy. */
type Played = Set<number> | 'all';

/** Bounds memory in a server that runs for months. */
const missLimit = 1000;

export function createUsage(): Usage {
  const counts = {played: 0, recorded: 0, missed: 0, notRecorded: 0, failed: 0};
  const misses = new Map<string, MissReport>();
  const cassettes = new Map<Cassette, Map<CassetteKey, Played>>();
  return {
    count(announcement, error) {
      if (!announcement) {
        // A request that the client got wrong (4xx) is not counted. One for a cassette that does not exist has no recording.
        if (error?.code === 'no_cassette') counts.missed++;
        else if (error && error.status >= 500) counts.failed++;
        return;
      }
      const {outcome, cassette, key, take} = announcement;
      const keys = cassettes.get(cassette) ?? new Map<CassetteKey, Played>();
      cassettes.set(cassette, keys);
      const clientLeft = error?.code === 'client_closed';
      if (error instanceof CassetteMiss) {
        counts.missed++;
        const id = `${cassette.name}\n${key}`;
        if (misses.size < missLimit) misses.set(id, misses.get(id) ?? error.report);
      } else if (error && !clientLeft) counts.failed++;
      else if (outcome === 'hit') {
        counts.played++;
        markPlayed(keys, key, take ?? 0);
      } else if (outcome === 'recorded' && !clientLeft) {
        counts.recorded++;
        keys.set(key, 'all');
      } else counts.notRecorded++;
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
