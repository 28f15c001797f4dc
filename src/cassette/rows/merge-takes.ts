/** The properties of a take that merging uses; `Take` is the caller's type. */
export type ComparableTake<Take = unknown> = {
  readonly take: Take;
  /** Equal for takes that are the same in everything. */
  readonly identity: string;
  /** Equal for takes that give the same answer. */
  readonly answer: string;
  readonly recordedAt: number;
};

/** One session's recordings of an interaction. */
export type SessionTakes<Take = unknown> = {
  /** The takes in the cassette when the session first recorded the interaction. */
  readonly baseline: readonly ComparableTake<Take>[];
  readonly recorded: readonly RecordedTake<Take>[];
};

export type RecordedTake<Take = unknown> = {
  readonly take: ComparableTake<Take>;
  /** The index of the baseline's take that this one replaces; absent: it is added. */
  readonly replaces?: number;
};

/**
 * An interaction's takes after a session. Added takes join the current ones. Replacing takes take the place of the baseline, except that
 * an old take with the same answer stays. Recordings of others since the baseline stay.
 */
export function mergeTakes<Take>(
  current: readonly ComparableTake<Take>[],
  {baseline, recorded}: SessionTakes<Take>,
): readonly ComparableTake<Take>[] {
  const added = recorded.filter(({replaces}) => replaces === undefined).map(({take}) => [take]);
  const replacing = recorded.filter(({replaces}) => replaces !== undefined);
  if (replacing.length === 0) return added.reduce(uniteTakes, current);
  const sequence = replaceTakes(baseline, replacing);
  const dropped = withoutTakes(baseline, sequence);
  return [sequence, ...added].reduce(uniteTakes, withoutTakes(current, dropped));
}

/**
 * The takes of both lists in one order. For each answer the result has as many takes as the list with more of them, the earliest ones. The
 * result does not depend on which list is left and which is right.
 */
export function uniteTakes<Take>(
  left: readonly ComparableTake<Take>[],
  right: readonly ComparableTake<Take>[],
): readonly ComparableTake<Take>[] {
  const ranked = new Map<string, RankedTake<Take>>();
  for (const one of [...rankTakes(left), ...rankTakes(right)]) {
    const known = ranked.get(one.name);
    if (!known || known.rank < one.rank) ranked.set(one.name, one);
  }
  const allowed = maxCounts(countAnswers(left), countAnswers(right));
  const kept: ComparableTake<Take>[] = [];
  for (const {take} of [...ranked.values()].sort(compareRanked)) {
    const rest = allowed.get(take.answer) ?? 0;
    allowed.set(take.answer, rest - 1);
    if (rest > 0) kept.push(take);
  }
  return kept;
}

/**
 * The takes of a session in the order of requests; takes with the same number and the same answer are one. The last take of an interaction
 * answers all further requests, so new takes at the end that repeat the answer before them are left out.
 */
function replaceTakes<Take>(
  baseline: readonly ComparableTake<Take>[],
  recorded: readonly RecordedTake<Take>[],
): readonly ComparableTake<Take>[] {
  const numbers = [...new Set(recorded.map(({replaces = 0}) => replaces))].sort((a, b) => a - b);
  const sequence = numbers.flatMap(number => {
    const mine = recorded.filter(({replaces}) => replaces === number).map(({take}) => take);
    const old = baseline[number];
    const keepsOld = old !== undefined && mine.some(({answer}) => answer === old.answer);
    const fresh = keepsOld ? mine.filter(({answer}) => answer !== old.answer) : mine;
    const distinct = fresh.map(take => [take]).reduce<readonly ComparableTake<Take>[]>(uniteTakes, []);
    return keepsOld ? [old, ...distinct] : distinct;
  });
  const known = new Set(baseline);
  const end = sequence.findLastIndex(
    (take, index) => known.has(take) || take.answer !== sequence[index - 1]?.answer,
  );
  return sequence.slice(0, end + 1);
}

type RankedTake<Take> = {readonly name: string; readonly rank: number; readonly take: ComparableTake<Take>};

/**
 * Gives each take a rank so that sorting by rank, time and identity keeps the list in its order. Takes are usually recorded in order, so
 * the rank is 0 for all, unless an old take stayed behind a new one or a clock stood still.
 */
function rankTakes<Take>(takes: readonly ComparableTake<Take>[]): RankedTake<Take>[] {
  const names = nameTakes(takes);
  let rank = 0;
  return takes.map((take, index) => {
    const previous = takes[index - 1];
    if (previous && compareTakes(previous, take) >= 0) rank++;
    return {name: names[index] ?? '', rank, take};
  });
}

function compareRanked(a: RankedTake<unknown>, b: RankedTake<unknown>): number {
  return a.rank - b.rank || compareTakes(a.take, b.take);
}

function compareTakes(a: ComparableTake, b: ComparableTake): number {
  return a.recordedAt - b.recordedAt || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
}

function withoutTakes<Take>(
  takes: readonly ComparableTake<Take>[],
  dropped: readonly ComparableTake<Take>[],
): readonly ComparableTake<Take>[] {
  const droppedNames = new Set(nameTakes(dropped));
  const names = nameTakes(takes);
  return takes.filter((_take, index) => !droppedNames.has(names[index] ?? ''));
}

/** Names that are unique within the list, and equal in two lists for the same occurrence of the same take. */
function nameTakes(takes: readonly ComparableTake[]): string[] {
  const counts = new Map<string, number>();
  return takes.map(({identity}) => {
    const count = counts.get(identity) ?? 0;
    counts.set(identity, count + 1);
    return `${identity}/${count}`;
  });
}

function countAnswers(takes: readonly ComparableTake[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const {answer} of takes) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}

function maxCounts(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const counts = new Map(a);
  for (const [answer, count] of b) counts.set(answer, Math.max(count, counts.get(answer) ?? 0));
  return counts;
}
