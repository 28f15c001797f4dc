import type {OnProgress} from './progress.js';

export type DownloadOptions = {
  readonly url: string;
  /** The file to write. A download continues what an earlier one left there. */
  readonly part: string;
  readonly sha256: string;
  /** In bytes, if it is known. */
  readonly size?: number | undefined;
  readonly what: string;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the first retry; each further retry waits twice as long. */
  readonly firstDelay?: number;
  /** How long a connection may send nothing, in milliseconds. */
  readonly stallTimeout?: number;
};
