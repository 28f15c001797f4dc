import type {ComparableTake} from '../rows/merge-takes.js';

/** The takes of one interaction in two branches and where they parted; an empty list is an interaction that is not there. */
export type BranchTakes<Take = unknown> = {
  readonly base: readonly ComparableTake<Take>[];
  readonly ours: readonly ComparableTake<Take>[];
  readonly theirs: readonly ComparableTake<Take>[];
};

export type ConflictKind = 'different-answers' | 'removed-by-ours' | 'removed-by-theirs';

export type MergedTakes<Take = unknown> =
  | {readonly kind: 'merged'; readonly takes: readonly ComparableTake<Take>[]}
  | {readonly kind: 'conflict'; readonly conflict: ConflictKind};

/**
 * Merges the takes of two branches. Takes are compared by what they answer, and of equal answers the earlier one is kept, so it does not
 * matter which branch is merged into which. What only one branch changed is as that one has it; two that went on from the same takes
 * agree when the one goes on where the other ends. Everything else is for a person to decide.
 */
export function mergeTakesOfBranches<Take>(branches: BranchTakes<Take>): MergedTakes<Take> {
  const {base, ours, theirs} = branches;
  if (answerTheSame(ours, theirs)) return merged(earliest(ours, theirs));
  if (answerTheSame(base, ours)) return merged(theirs);
  if (answerTheSame(base, theirs)) return merged(ours);
  if (ours.length === 0) return {kind: 'conflict', conflict: 'removed-by-ours'};
  if (theirs.length === 0) return {kind: 'conflict', conflict: 'removed-by-theirs'};
  const [shorter, longer] = ours.length < theirs.length ? [ours, theirs] : [theirs, ours];
  if (beginsWith(shorter, base) && beginsWith(longer, shorter)) return merged(earliest(longer, shorter));
  return {kind: 'conflict', conflict: 'different-answers'};
}

/** Both branches' takes one after the other: what they begin with in common, then the rest of ours, then the rest of theirs. */
export function joinTakes<Take>({
  ours,
  theirs,
}: Pick<BranchTakes<Take>, 'ours' | 'theirs'>): readonly ComparableTake<Take>[] {
  const common = commonLength(ours, theirs);
  return [...earliest(ours, theirs.slice(0, common)), ...theirs.slice(common)];
}

/** How many answers two lists begin with in common. */
export function commonLength(a: readonly ComparableTake[], b: readonly ComparableTake[]): number {
  const end = a.findIndex(({answer}, index) => answer !== b[index]?.answer);
  return end === -1 ? a.length : end;
}

function merged<Take>(takes: readonly ComparableTake<Take>[]): MergedTakes<Take> {
  return {kind: 'merged', takes};
}

function answerTheSame(a: readonly ComparableTake[], b: readonly ComparableTake[]): boolean {
  return a.length === b.length && commonLength(a, b) === a.length;
}

function beginsWith(takes: readonly ComparableTake[], start: readonly ComparableTake[]): boolean {
  return commonLength(start, takes) === start.length;
}

/** The takes of a list, each replaced by the one in its place in the other list if that is earlier and as long as there is one. */
function earliest<Take>(
  takes: readonly ComparableTake<Take>[],
  others: readonly ComparableTake<Take>[],
): readonly ComparableTake<Take>[] {
  return takes.map((take, index) => {
    const other = others[index];
    return other && isEarlier(other, take) ? other : take;
  });
}

function isEarlier(a: ComparableTake, b: ComparableTake): boolean {
  return a.recordedAt === b.recordedAt ? a.identity < b.identity : a.recordedAt < b.recordedAt;
}
