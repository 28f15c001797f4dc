import type {CassetteDiff} from '../cassette/diff/diff-files.js';

/** What is reported: the changes of cassettes between two states. */
export type ReportedDiff = {
  /** Names of the two states. */
  readonly before: string;
  readonly after: string;
  readonly cassettes: readonly CassetteDiff[];
};
