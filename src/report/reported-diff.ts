import type {CassetteDiff} from '../cassette/compare/compare-cassettes.js';
import type {Thumbnail} from './thumbnail.js';

/** What is reported: the changes of cassettes between two states. */
export type ReportedDiff = {
  /** Names of the two states. */
  readonly before: string;
  readonly after: string;
  readonly cassettes: readonly CassetteDiff[];
  /** The pictures that the cassettes keep of what was shown, by the digests of pages and images. */
  readonly thumbnails?: ReadonlyMap<string, Thumbnail>;
};
