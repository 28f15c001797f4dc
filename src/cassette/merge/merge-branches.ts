import {setImmediate as nextTurn} from 'node:timers/promises';
import {RetakeError} from '../../errors.js';
import type {Interaction} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import type {KeySettings} from '../key/key-settings.js';
import {
  haveSameTakes,
  type InteractionRow,
  interactionId,
  readInteraction,
  refuseCollision,
} from '../rows/interaction-row.js';
import {joinRows} from '../rows/join-rows.js';
import {comparableTake} from '../rows/merge-rows.js';
import type {ComparableTake} from '../rows/merge-takes.js';
import {sameSettings, settingsRows} from '../rows/settings-rows.js';
import type {SortedFacts} from '../rows/sorted-facts.js';
import type {CassetteSnapshot, StoredCassette, StoredInteraction} from '../rows/stored-cassette.js';
import type {TakeRow} from '../rows/take-row.js';
import {factsOfBranches} from './facts-of-branches.js';
import {
  type BranchTakes,
  type ConflictKind,
  joinTakes,
  mergeTakesOfBranches,
} from './merge-takes-of-branches.js';

/** A cassette in two branches, and where these parted; without a base both have come to be on their own. */
export type Branches = {
  readonly base: CassetteSnapshot;
  readonly ours: OpenSnapshot;
  readonly theirs: OpenSnapshot;
};

export type OpenSnapshot = CassetteSnapshot & {readonly cassette: StoredCassette};

/** What becomes of an interaction that the branches disagree on. */
export type Preference = 'ours' | 'theirs' | 'both' | 'neither';

export type MergeConflict =
  | {
      readonly kind: ConflictKind;
      readonly key: CassetteKey;
      readonly ours: Interaction | undefined;
      readonly theirs: Interaction | undefined;
    }
  /** Other settings give other keys, so that nothing of the one file can be found by the settings of the other. */
  | {readonly kind: 'settings'; readonly differences: readonly string[]};

export type MergedCassette = {
  readonly keySettings: KeySettings;
  readonly conflicts: readonly MergeConflict[];
  /** In the order of their ids; the files must still be open. */
  interactions(): Iterable<StoredInteraction>;
  readonly facts: SortedFacts;
};

/**
 * Merges a cassette of two branches. An interaction that both have alike is not read; nothing is in the result that is in neither.
 * @throws RetakeError `cassette_invalid` when something that has to be compared is damaged, `settings_differ` when both are to be kept
 */
export async function mergeBranches(branches: Branches, preference: Preference): Promise<MergedCassette> {
  const {base, ours, theirs} = branches;
  if (!haveSameSettings(ours.cassette, theirs.cassette)) return mergeSettings(branches, preference);
  const decided = new Map<bigint, InteractionRow | undefined>();
  const conflicts: MergeConflict[] = [];
  let seen = 0;
  for (const [mine, other] of joinRows(ours.cassette.rows(), theirs.cassette.rows())) {
    if (++seen % 500 === 0) await nextTurn();
    const row = mine ?? other;
    if (!row || (mine && haveSameTakes(mine, other))) continue;
    const id = interactionId(row.key);
    refuseCollision(ours.shown, ours.cassette.findById(id)?.key ?? row.key, row.key);
    const {takes, conflict} = mergeRows(branches, row.key, [mine, other], preference);
    if (conflict) conflicts.push(conflict);
    decided.set(id, takes.length > 0 ? {...row, takes} : undefined);
  }
  return {
    keySettings: (ours.cassette.hasDocuments ? ours : theirs).cassette.keySettings,
    conflicts,
    interactions: () => decidedRows(branches, decided),
    facts: factsOfBranches({
      base: base.cassette?.facts,
      ours: ours.cassette.facts,
      theirs: theirs.cassette.facts,
    }),
  };
}

function mergeRows(
  {base, ours, theirs}: Branches,
  key: CassetteKey,
  [mine, other]: readonly [InteractionRow | undefined, InteractionRow | undefined],
  preference: Preference,
): {takes: readonly TakeRow[]; conflict?: MergeConflict} {
  const branches = {
    base: comparableTakes(base.shown, base.cassette?.find(key)),
    ours: comparableTakes(ours.shown, mine),
    theirs: comparableTakes(theirs.shown, other),
  };
  const result = mergeTakesOfBranches(branches);
  if (result.kind === 'merged') return {takes: result.takes.map(({take}) => take)};
  return {
    takes: preferredTakes(branches, preference).map(({take}) => take),
    conflict: {
      kind: result.conflict,
      key,
      ours: mine && readInteraction(ours.shown, mine),
      theirs: other && readInteraction(theirs.shown, other),
    },
  };
}

function preferredTakes<Take>(
  branches: BranchTakes<Take>,
  preference: Preference,
): readonly ComparableTake<Take>[] {
  switch (preference) {
    case 'ours':
      return branches.ours;
    case 'theirs':
      return branches.theirs;
    case 'both':
      return joinTakes(branches);
    case 'neither':
      return [];
  }
}

function comparableTakes(shown: string, row: InteractionRow | undefined): readonly ComparableTake<TakeRow>[] {
  if (!row) return [];
  return row.takes.map((take, position) => comparableTake(shown, row.key, take, position));
}

function* decidedRows(
  {ours, theirs}: Branches,
  decided: ReadonlyMap<bigint, InteractionRow | undefined>,
): Iterable<StoredInteraction> {
  for (const [mine, other] of joinRows(ours.cassette.rows(), theirs.cassette.rows())) {
    const row = mine ?? other;
    if (!row) continue;
    const id = interactionId(row.key);
    const result = decided.has(id) ? decided.get(id) : row;
    if (result) yield {id, row: result};
  }
}

/** Where only one branch has changed the settings, and the other nothing at all, it is that one's file. */
function mergeSettings({base, ours, theirs}: Branches, preference: Preference): MergedCassette {
  if (base.cassette && haveSameContent(base.cassette, ours.cassette)) return wholeCassette(theirs, []);
  if (base.cassette && haveSameContent(base.cassette, theirs.cassette)) return wholeCassette(ours, []);
  const differences = settingDifferences(ours.cassette, theirs.cassette);
  if (preference === 'both') {
    throw new RetakeError(
      'settings_differ',
      `The two sides of ${ours.shown} cannot both be kept: they were recorded with other settings (${differences.join('; ')})`,
      {hint: 'Keep one side, or give one of the branches the settings of the other first: retake rekey'},
    );
  }
  return wholeCassette(preference === 'theirs' ? theirs : ours, [{kind: 'settings', differences}]);
}

function wholeCassette({cassette}: OpenSnapshot, conflicts: readonly MergeConflict[]): MergedCassette {
  return {
    keySettings: cassette.keySettings,
    conflicts,
    interactions: () => cassette.rows(),
    facts: cassette.facts,
  };
}

function haveSameContent(a: StoredCassette, b: StoredCassette): boolean {
  if (!haveSameSettings(a, b)) return false;
  for (const [mine, other] of joinRows(a.rows(), b.rows())) {
    if (!mine || !haveSameTakes(mine, other)) return false;
  }
  return true;
}

/** How documents become pages is no difference as long as only one of the files holds any. */
function haveSameSettings(a: StoredCassette, b: StoredCassette): boolean {
  const hasDocuments = a.hasDocuments && b.hasDocuments;
  return sameSettings({keySettings: a.keySettings, hasDocuments}, b.keySettings);
}

function settingDifferences(ours: StoredCassette, theirs: StoredCassette): readonly string[] {
  const withDocuments = ours.hasDocuments && theirs.hasDocuments;
  const rows = settingsRows(theirs.keySettings, {withDocuments});
  const others = new Map(rows.map(({name, value}) => [name, value]));
  return settingsRows(ours.keySettings, {withDocuments}).flatMap(({name, value}) => {
    const other = others.get(name);
    return other === value ? [] : [`${name} is ${value} in ours and ${other} in theirs`];
  });
}
