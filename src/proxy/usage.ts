import {withinTime} from '../async/within-time.js';
import type {Cassette} from '../cassette/cassette.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {CassetteMiss, type MissReport} from '../cassette/miss.js';
import type {RecordingFate} from '../cassette/replay/recordings.js';
import {RetakeError} from '../errors.js';
import type {Question} from '../http/exchange.js';
import type {NamedTake, RepeatedRequest, UnsentRequest, UnusedTake, Verdict} from './verdict.js';

/** Counts the outcome of each request, for the verdict. */
export type Usage = {
  /** Counts one request: with the outcome that was announced, or with an error. */
  count(question: Question): void;
  /** Lists the takes of a cassette as unused until a request asks for them. */
  include(cassette: Cassette): void;
  /** Waits a moment for recordings whose clients have left: they have ended, or were just given up. */
  verdict(): Promise<Omit<Verdict, 'spent' | 'tokenLimit'>>;
};

/** Which takes (recorded answers) of an interaction were played: one, several, or `all` if it was recorded by this proxy. */
type Played = number | Set<number> | 'all';

/** Bounds memory in a server that runs for months. */
const missLimit = 1000;

export function createUsage(): Usage {
  const counts = {
    ...{played: 0, recorded: 0, recordedErrors: 0, missed: 0, notRecorded: 0},
    ...{givenUp: 0, faulted: 0, failed: 0, notSent: 0},
  };
  const misses = new Map<string, MissReport>();
  const unsent = new Map<string, UnsentRequest>();
  const cassettes = new Map<Cassette, Map<CassetteKey, Played>>();
  const repeats = new Map<Cassette, Map<CassetteKey, number>>();
  const unfinished = new Set<Promise<void>>();
  const keysOf = (cassette: Cassette) => {
    const known = cassettes.get(cassette);
    if (known) return known;
    const keys = new Map<CassetteKey, Played>();
    cassettes.set(cassette, keys);
    return keys;
  };
  const countFate = (fate: RecordingFate, keys: Map<CassetteKey, Played>, key: CassetteKey) => {
    if (fate === 'given-up') counts.givenUp++;
    else if (fate === 'failed') counts.failed++;
    else {
      counts.recorded++;
      keys.set(key, 'all');
    }
  };
  const countLater = (fate: Promise<RecordingFate>, count: (fate: RecordingFate) => void) => {
    const counted = fate.then(count).finally(() => unfinished.delete(counted));
    unfinished.add(counted);
  };
  return {
    count({announcement, replaced, error, records, isFaulty}) {
      const clientLeft = error?.code === 'client_closed';
      if (isFaulty) {
        counts.faulted++;
        const asked = announcement ?? replaced;
        if (asked?.outcome === 'hit') {
          const {cassette, key, take} = asked;
          markPlayed(keysOf(cassette), key, take ?? 0);
          cassette.noteUse?.(key);
        }
        return;
      }
      if (!announcement) {
        // A request that the client got wrong (4xx) is not counted. One for a cassette that does not exist has no recording.
        if (error?.code === 'no_cassette') counts.missed++;
        else if (clientLeft && records && !isClientError(error.cause)) counts.givenUp++;
        else if (error && error.status >= 500) counts.failed++;
        return;
      }
      const {outcome, cassette, key, keptAs, take, fate, isRepeat} = announcement;
      const keys = keysOf(cassette);
      if (error instanceof CassetteMiss) {
        counts.missed++;
        const id = `${cassette.name}\n${key}`;
        if (misses.size < missLimit) misses.set(id, misses.get(id) ?? error.report);
      } else if (error?.code === 'token_limit_reached') {
        counts.notSent++;
        const {question = ''} = announcement;
        const id = `${cassette.name}\n${key}`;
        if (unsent.size < missLimit) unsent.set(id, {cassette: cassette.name, key, question});
      } else if (error && !clientLeft && !announcement.isErrorTake?.()) counts.failed++;
      else if (outcome === 'hit') {
        counts.played++;
        markPlayed(keys, key, take ?? 0);
        cassette.noteUse?.(key);
        if (isRepeat) {
          const counted = repeats.get(cassette) ?? new Map<CassetteKey, number>();
          repeats.set(cassette, counted.set(key, (counted.get(key) ?? 0) + 1));
        }
      } else if (outcome !== 'recorded') counts.notRecorded++;
      else if (clientLeft && fate) countLater(fate, settled => countFate(settled, keys, keptAs?.() ?? key));
      else {
        if (announcement.isErrorTake?.()) counts.recordedErrors++;
        countFate('kept', keys, keptAs?.() ?? key);
      }
    },
    include(cassette) {
      if (!cassettes.has(cassette)) cassettes.set(cassette, new Map());
    },
    async verdict() {
      await withinTime(Promise.all(unfinished), 1000);
      const used: NamedTake[] = [];
      const unused: UnusedTake[] = [];
      for (const [cassette, keys] of cassettes) {
        const takes = await sortTakes(cassette, keys);
        used.push(...takes.used);
        unused.push(...takes.unused);
      }
      const repeated: RepeatedRequest[] = [];
      for (const [cassette, keys] of repeats) {
        for (const [key, count] of keys) repeated.push(await describeRepeat(cassette, key, count));
      }
      return {...counts, misses: [...misses.values()], unsent: [...unsent.values()], repeated, used, unused};
    },
  };
}

function isClientError(cause: unknown): boolean {
  return cause instanceof RetakeError && cause.code !== 'client_closed' && cause.status < 500;
}

function markPlayed(keys: Map<CassetteKey, Played>, key: CassetteKey, take: number): void {
  const played = keys.get(key);
  if (played === undefined) keys.set(key, take);
  else if (typeof played === 'number') {
    if (played !== take) keys.set(key, new Set([played, take]));
  } else if (played !== 'all') played.add(take);
}

function wasPlayed(played: Played | undefined, take: number): boolean {
  return typeof played === 'object' ? played.has(take) : played === 'all' || played === take;
}

async function describeRepeat(
  cassette: Cassette,
  key: CassetteKey,
  repeats: number,
): Promise<RepeatedRequest> {
  const found = await cassette.find(key);
  return {
    cassette: cassette.name,
    key,
    question: found ? questionOf(found.view) : '',
    takes: found?.takes.length ?? 0,
    repeats,
  };
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
      if (wasPlayed(played, index)) used.push(take);
      else unused.push({...take, question: questionOf(view)});
    });
  }
  return {used, unused};
}
