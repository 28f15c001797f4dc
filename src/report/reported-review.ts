import type {VerifyReport} from '../cassette/maintenance/verify-report.js';
import type {ReportedDiff} from './reported-diff.js';

/** What is reported of a branch before it is merged. Paths start at the top of the repository. */
export type ReportedReview = {
  readonly diff: ReportedDiff;
  /** Of the changed cassettes, those of which there is something to say. */
  readonly checks: readonly Pick<VerifyReport, 'path' | 'isValid' | 'findings'>[];
  /** Changed cassettes that are whole, and were not at the base: nobody can tell what changed. */
  readonly incomparable: readonly {readonly path: string; readonly message: string}[];
};
