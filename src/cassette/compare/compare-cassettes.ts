import {setImmediate as nextTurn} from 'node:timers/promises';
import type {CassetteKey} from '../key/key.js';
import {questionOf} from '../key/question.js';
import {type InteractionRow, readInteraction, readTakes} from '../rows/interaction-row.js';
import {joinRows} from '../rows/join-rows.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {CassetteSnapshot, StoredInteraction} from '../rows/stored-cassette.js';
import {storedContent} from '../rows/stored-chunks.js';
import {isIntact, type TakeRow} from '../rows/take-row.js';
import {type Change, currentSide, type Side} from './change.js';
import {compareVerdicts} from './change-verdict.js';
import {compareInteractions, sideOf} from './compare-interactions.js';
import type {TokenTolerance} from './compare-usage.js';
import {pairNearest} from './pair-nearest.js';

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

/**
 * Compares two states of a cassette.
 * @throws RetakeError `cassette_invalid` when something that has to be read of either is damaged
 */
export async function compareCassettes(
  {path, before, after}: {path: string; before: CassetteSnapshot; after: CassetteSnapshot},
  tolerance: TokenTolerance,
): Promise<CassetteDiff> {
  const changes: Change[] = [];
  const removed: Side[] = [];
  const added: Side[] = [];
  let identical = 0;
  const compare = (old: Side, current: Side) => {
    const change = compareInteractions(old, current, tolerance);
    if (change) changes.push(change);
    else identical++;
  };

  let seen = 0;
  for (const [old, current] of joinRows(rowsOf(before), rowsOf(after))) {
    if (old && current) {
      if (saysTheSame(old, current)) identical++;
      else compare(...readPair(before, old, after, current));
    } else if (old) removed.push(readSide(before, old));
    else if (current) added.push(readSide(after, current));
    if (++seen % 500 === 0) await nextTurn();
  }

  const pairs = pairNearest(removed, added);
  for (const pair of pairs) {
    compare(pair.before, pair.after);
    if (++seen % 500 === 0) await nextTurn();
  }
  const paired = new Set(pairs.flatMap(pair => [pair.before, pair.after]));
  for (const side of removed) if (!paired.has(side)) changes.push({verdict: 'removed', before: side});
  for (const side of added) if (!paired.has(side)) changes.push({verdict: 'added', after: side});
  return {path, identical, settings: compareSettings(before, after), changes: sortChanges(changes)};
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
  const said = storedContent(before);
  return said !== undefined && said === storedContent(after);
}

function rowsOf({cassette}: CassetteSnapshot): Iterable<StoredInteraction> {
  return cassette?.rows() ?? [];
}

function readSide({shown}: CassetteSnapshot, row: InteractionRow): Side {
  return sideOf(readInteraction(shown, row, {joined: true}));
}

/** A request that is the same on both sides is read once. */
function readPair(
  before: CassetteSnapshot,
  old: InteractionRow,
  after: CassetteSnapshot,
  current: InteractionRow,
): readonly [Side, Side] {
  const side = readSide(before, old);
  if (old.request !== current.request) return [side, readSide(after, current)];
  const takes = readTakes(after.shown, current, {joined: true});
  return [side, sideOf({key: side.key, view: side.view, takes})];
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
