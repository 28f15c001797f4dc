import type {Verdict} from '../cassette/compare/change-verdict.js';
import {packageVersion} from '../version.js';
import {diffTotals} from './diff-totals.js';
import {type ReportFormatName, reportFormats} from './formats.js';
import type {ReportOptions} from './report-format.js';
import type {ReportedDiff} from './reported-diff.js';

export type RenderOptions = {
  /** The verdicts that fail a check; absent: {@link defaultFailOn}. */
  readonly failOn?: readonly Verdict[];
} & Partial<Pick<ReportOptions, 'paint' | 'maxLength' | 'thumbnail'>>;

/** The verdicts that fail a check by default: changes that can break an application. */
export const defaultFailOn: readonly Verdict[] = [
  'error',
  'finish',
  'tool-call',
  'shape',
  'removed',
  'media',
  'text',
];

/** A diff in one of the formats. */
export function renderDiff(
  diff: ReportedDiff,
  format: ReportFormatName,
  options: RenderOptions = {},
): string {
  return [...renderPieces(diff, format, options)].join('');
}

/** The same in pieces of whole lines, for reports that do not fit in memory. */
export function renderPieces(
  diff: ReportedDiff,
  format: ReportFormatName,
  options: RenderOptions = {},
): Iterable<string> {
  return reportFormats[format](diff, reportOptions(diff, options));
}

/** All options of a report format. */
export function reportOptions(
  diff: ReportedDiff,
  {failOn = defaultFailOn, paint = (_style, text) => text, ...rest}: RenderOptions,
): ReportOptions {
  const failing = new Set(failOn);
  return {
    thumbnail: digest => diff.thumbnails?.get(digest),
    ...rest,
    paint,
    failOn: failing,
    totals: diffTotals(diff, failing),
    version: packageVersion(),
  };
}

/** The number of changes with one of these verdicts. */
export function countFailing(diff: ReportedDiff, failOn: readonly Verdict[] = defaultFailOn): number {
  return diffTotals(diff, new Set(failOn)).failing;
}
