import {defaultFailOn, type RenderOptions, reportOptions} from './render-diff.js';
import type {ReportedReview} from './reported-review.js';
import {reviewAnnotations} from './review-annotations.js';
import {reviewMarkdown} from './review-markdown.js';
import {type ReviewTotals, reviewTotals} from './review-totals.js';

const reviewFormats = {markdown: reviewMarkdown, github: reviewAnnotations} as const;

/** A review as Markdown, or as GitHub Actions annotations. */
export function renderReview(
  review: ReportedReview,
  format: keyof typeof reviewFormats,
  options: RenderOptions = {},
): string {
  return reviewFormats[format](review, reportOptions(review.diff, options));
}

/** The outcome of a review. */
export function judgeReview(
  review: ReportedReview,
  {failOn = defaultFailOn}: Pick<RenderOptions, 'failOn'> = {},
): ReviewTotals {
  return reviewTotals(review, new Set(failOn));
}
