import {setImmediate as nextTurn} from 'node:timers/promises';
import {RetakeError} from '../../errors.js';
import type {CassetteKey} from '../key/key.js';
import {questionOf} from '../key/question.js';
import {type InteractionRow, readView} from '../rows/interaction-row.js';
import {joinRows} from '../rows/join-rows.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {CassetteSnapshot, StoredInteraction} from '../rows/stored-cassette.js';
import {storedContent} from '../rows/stored-chunks.js';
import {isIntact, type TakeRow} from '../rows/take-row.js';
import {isSameContent, untimedChunks} from '../rows/untimed-chunks.js';
import {type Change, currentSide, type Side} from './change.js';
import {compareVerdicts} from './change-verdict.js';
import {compareInteractions} from './compare-interactions.js';
import type {TokenTolerance} from './compare-usage.js';
import {type PairedRequest, pairNearest} from './pair-nearest.js';
import {sideOfRow} from './side.js';

/** The differences between two states of one cassette. */
export type CassetteDiff = {
  readonly path: string;
  /** How many interactions are as they were; another provenance or other chunks do not count. */
  readonly identical: number;
  /** Settings that shape keys and are not as they were. */
  readonly settings: readonly string[];
  /** The worst first. */
  readonly changes: readonly Change[];
};

export type CompareCassettesOptions = {
  readonly tokens: TokenTolerance;
  /** The keys that were asked in a run with the new state; undefined: not known. */
  readonly asked?: ReadonlySet<CassetteKey> | undefined;
};

/**
 * Compares two states of a cassette. A new request is paired with the nearest one that is gone, or that is still recorded and was not asked
 * any more; where it is not known what was asked, with one that is still recorded and differs in little.
 * @throws RetakeError `cassette_invalid` when something that has to be read of either is damaged
 */
export async function compareCassettes(
  {path, before, after}: {path: string; before: CassetteSnapshot; after: CassetteSnapshot},
  {tokens, asked}: CompareCassettesOptions,
): Promise<CassetteDiff> {
  const changes: Change[] = [];
  const removed: Side[] = [];
  const added: Side[] = [];
  const kept = new Set<CassetteKey>();
  let identical = 0;
  const compare = (old: Side, current: Side) => {
    const change = compareInteractions(old, current, {tokens});
    if (change) changes.push(change);
    else identical++;
  };

  let seen = 0;
  for (const [old, current] of joinRows(rowsOf(before), rowsOf(after))) {
    if (old && current) {
      if (saysTheSame(old, current)) {
        identical++;
        if (!asked?.has(old.key)) kept.add(old.key);
      } else compare(...readPair(before, old, after, current));
    } else if (old) removed.push(readSide(before, old));
    else if (current) added.push(readSide(after, current));
    if (++seen % 500 === 0) await nextTurn();
  }

  const old = added.length === 0 ? [] : [...removed, ...keptRequests(before, kept, {mayBeAsked: !asked})];
  const pairs = pairNearest<Side | KeptRequest, Side>(old, added);
  for (const pair of pairs) {
    if ('answers' in pair.before) compare(pair.before, pair.after);
    else {
      const change = compareInteractions(pair.before.read(), pair.after, {tokens, isOldKept: true});
      if (change) changes.push(change);
      // Counted as the change that it is a part of.
      identical--;
    }
    if (++seen % 500 === 0) await nextTurn();
  }
  const paired = new Set<unknown>(pairs.flatMap(pair => [pair.before, pair.after]));
  for (const side of removed)
    if (!paired.has(side)) changes.push({verdict: 'removed', before: readable(side)});
  for (const side of added) if (!paired.has(side)) changes.push({verdict: 'added', after: readable(side)});
  return {path, identical, settings: compareSettings(before, after), changes: sortChanges(changes)};
}

/** An old request whose recording is still there, read when something of it is needed. */
type KeptRequest = PairedRequest & {read(): Side};

function* keptRequests(
  {shown, cassette}: CassetteSnapshot,
  kept: ReadonlySet<CassetteKey>,
  {mayBeAsked}: {readonly mayBeAsked: boolean},
): Iterable<KeptRequest> {
  if (!cassette || kept.size === 0) return;
  for (const key of kept) {
    const row = () => {
      const found = cassette.find(key);
      if (found) return found;
      throw new RetakeError('internal', `The recording ${key} is no longer in ${shown}`);
    };
    yield {
      key,
      get view() {
        return readView(shown, row()).view;
      },
      isKept: mayBeAsked || undefined,
      read: () => readSide({shown, cassette}, row()),
    };
  }
}

/** Whether only the provenance of takes and their cutting differ: told from the stored texts, without reading an answer. */
function saysTheSame(before: InteractionRow, after: InteractionRow): boolean {
  return (
    before.request === after.request &&
    before.takes.length > 0 &&
    before.takes.length === after.takes.length &&
    before.takes.every((take, position) => {
      const other = after.takes[position];
      return other !== undefined && takesSayTheSame(before.key, take, other);
    })
  );
}

/** Of rows that are damaged it says no, because reading them tells what is wrong. */
function takesSayTheSame(key: CassetteKey, before: TakeRow, after: TakeRow): boolean {
  if (before.digest.equals(after.digest)) {
    return before.chunks === after.chunks && before.provenance === after.provenance;
  }
  return saysIt(before.chunks, after.chunks) && isIntact(key, before) && isIntact(key, after);
}

function saysIt(before: string, after: string): boolean {
  if (before === after) return true;
  const [mine, theirs] = [untimedChunks(before), untimedChunks(after)];
  if (mine !== undefined && theirs !== undefined) return isSameContent(mine, theirs);
  const said = storedContent(before);
  return said !== undefined && said === storedContent(after);
}

function rowsOf({cassette}: CassetteSnapshot): Iterable<StoredInteraction> {
  return cassette?.rows() ?? [];
}

function readSide({shown}: CassetteSnapshot, row: InteractionRow): Side {
  return sideOfRow(shown, row);
}

/** A side that is compared with none: its answers are read here, because a damaged one should fail the comparison, and not the report of it. */
function readable(side: Side): Side {
  for (let position = 0; position < side.answerCount; position++) side.answerAt(position);
  return side;
}

/** A request that is the same on both sides is read once. */
function readPair(
  before: CassetteSnapshot,
  old: InteractionRow,
  after: CassetteSnapshot,
  current: InteractionRow,
): readonly [Side, Side] {
  const side = readSide(before, old);
  return [side, sideOfRow(after.shown, current, old.request === current.request ? side : undefined)];
}

function compareSettings(before: CassetteSnapshot, after: CassetteSnapshot): readonly string[] {
  if (!before.cassette || !after.cassette) return [];
  const withDocuments = before.cassette.hasDocuments && after.cassette.hasDocuments;
  const rows = settingsRows(before.cassette.keySettings, {withDocuments});
  const old = new Map(rows.map(({name, value}) => [name, value]));
  return settingsRows(after.cassette.keySettings, {withDocuments}).flatMap(({name, value}) => {
    const was = old.get(name);
    return was === value ? [] : [`${name} was ${was}, now ${value}`];
  });
}

function sortChanges(changes: readonly Change[]): readonly Change[] {
  const entries = changes.map(change => {
    const {key, view} = currentSide(change);
    return {change, order: `${questionOf(view)}\n${key}`};
  });
  return entries
    .sort((a, b) => compareVerdicts(a.change.verdict, b.change.verdict) || (a.order < b.order ? -1 : 1))
    .map(({change}) => change);
}
