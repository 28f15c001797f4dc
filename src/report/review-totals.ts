import type {Verdict} from '../cassette/compare/change-verdict.js';
import {type DiffTotals, diffTotals} from './diff-totals.js';
import type {ReportedReview} from './reported-review.js';

export type ReviewTotals = DiffTotals & {
  /** The number of changes. */
  readonly changes: number;
  /** The number of invalid cassettes. */
  readonly invalid: number;
  /** Whether the check passes: no failing change, and no invalid cassette. */
  readonly passes: boolean;
  /** Whether there is nothing to report. */
  readonly isQuiet: boolean;
};

export function reviewTotals(
  {diff, checks, incomparable}: ReportedReview,
  failOn: ReadonlySet<Verdict>,
): ReviewTotals {
  const totals = diffTotals(diff, failOn);
  const changes = diff.cassettes.reduce((sum, cassette) => sum + cassette.changes.length, 0);
  const invalid = checks.filter(({isValid}) => !isValid).length;
  const settings = diff.cassettes.some(cassette => cassette.settings.length > 0);
  return {
    ...totals,
    changes,
    invalid,
    passes: totals.failing === 0 && invalid === 0,
    isQuiet: changes === 0 && !settings && checks.length === 0 && incomparable.length === 0,
  };
}
