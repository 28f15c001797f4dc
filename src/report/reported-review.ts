import type {VerifyReport} from '../cassette/maintenance/verify-report.js';
import type {ReportedDiff} from './reported-diff.js';

/** The review of a branch. Paths start at the top of the repository. */
export type ReportedReview = {
  readonly diff: ReportedDiff;
  /** The changed cassettes with findings. */
  readonly checks: readonly Pick<VerifyReport, 'path' | 'isValid' | 'findings'>[];
  /** Changed cassettes that are valid, but were invalid at the base, so that they cannot be compared. */
  readonly incomparable: readonly {readonly path: string; readonly message: string}[];
};
