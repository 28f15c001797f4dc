import type {OnProgress} from './progress.js';

export type DownloadOptions = {
  readonly url: string;
  /** Where the bytes go. What an ended try left there is continued. */
  readonly part: string;
  readonly sha256: string;
  /** In bytes, where it is known beforehand. */
  readonly size?: number;
  readonly what: string;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal;
  /** Milliseconds before the first repetition; each further one waits twice as long. */
  readonly firstDelay?: number;
  /** Milliseconds without a byte after which a connection counts as lost. */
  readonly stallTimeout?: number;
};
