import {type Verdict, verdicts} from '../cassette/compare/change-verdict.js';
import type {ReportedDiff} from './reported-diff.js';

export type DiffTotals = {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly identical: number;
  /** The number of changes with a failing verdict. */
  readonly failing: number;
};

export function diffTotals(
  {cassettes}: Pick<ReportedDiff, 'cassettes'>,
  failOn: ReadonlySet<Verdict>,
): DiffTotals {
  const counts = Object.fromEntries(verdicts.map(verdict => [verdict, 0])) as Record<Verdict, number>;
  for (const {changes} of cassettes) for (const {verdict} of changes) counts[verdict]++;
  return {
    counts,
    identical: cassettes.reduce((sum, {identical}) => sum + identical, 0),
    failing: verdicts.reduce((sum, verdict) => sum + (failOn.has(verdict) ? counts[verdict] : 0), 0),
  };
}

/** `1 shape, 2 text, 5 identical`; the worst first. */
export function describeCounts({counts, identical}: Pick<DiffTotals, 'counts' | 'identical'>): string {
  const parts = verdicts
    .filter(verdict => counts[verdict] > 0)
    .map(verdict => `${counts[verdict]} ${verdict}`);
  return [...parts, ...(identical > 0 ? [`${identical} identical`] : [])].join(', ') || 'nothing to compare';
}

/** The outcome for a heading; without a failing change it names the verdicts that would have failed. */
export function describeOutcome(
  {counts, identical, failing}: DiffTotals,
  failOn: ReadonlySet<Verdict>,
): string {
  const changes = verdicts.reduce((sum, verdict) => sum + counts[verdict], 0);
  if (changes === 0) return identical === 0 ? 'no cassette changed' : 'no answer changed';
  const counted = `${changes} ${changes === 1 ? 'change' : 'changes'}`;
  if (failing > 0) return `${counted}, ${failing} of them set to fail`;
  const names = verdicts.filter(verdict => failOn.has(verdict)).join(', ') || 'none';
  return `${counted}, none of them set to fail (failing verdicts: ${names})`;
}
