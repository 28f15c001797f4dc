import type {CassetteDiff} from '../cassette/compare/compare-cassettes.js';
import type {Thumbnail} from './thumbnail.js';

/** The changes of cassettes between two states, for a report. */
export type ReportedDiff = {
  /** Names of the two states. */
  readonly before: string;
  readonly after: string;
  readonly cassettes: readonly CassetteDiff[];
  /** The thumbnails that the cassettes store, by the digests of pages and images. */
  readonly thumbnails?: ReadonlyMap<string, Thumbnail>;
};
