import {formatJson} from '../../src/chat/json.js';
import {type RenderOptions, renderPieces} from '../../src/report/render-diff.js';
import type {ReportedReview} from '../../src/report/reported-review.js';
import type {ReviewTotals} from '../../src/report/review-totals.js';

type JudgedReview = Required<Pick<RenderOptions, 'failOn'>> & {readonly totals: ReviewTotals};

/** A review for programs: the result, the findings, and as its last member the report of `retake diff --format json`. */
export function* reviewJson(
  {diff, checks, incomparable}: ReportedReview,
  {totals: {passes, changes, failing, identical, invalid}, failOn}: JudgedReview,
): Iterable<string> {
  const head = {
    version: 1,
    passes,
    changes,
    failing,
    identical,
    invalid,
    checks: checks.map(check => ({...check, findings: check.findings.map(finding => ({...finding}))})),
    incomparable: incomparable.map(one => ({...one})),
  };
  yield `${formatJson(head).replace(/\n\}$/, '')},\n  "diff": `;
  yield* renderPieces(diff, 'json', {failOn});
  yield '}\n';
}
