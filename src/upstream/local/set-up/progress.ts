/** The progress of a step of the set-up. All events of a step have the same `what`. */
export type SetUpProgress = {
  /** For display: `model gemma3-270m`. */
  readonly what: string;
  /** In bytes. */
  readonly done: number;
  /** In bytes, if it is known. */
  readonly total?: number | undefined;
  /** The current activity if it is not a download: `checking`. */
  readonly note?: string;
};

export type OnProgress = (progress: SetUpProgress) => void;

/** `model gemma3-270m: 120 of 253 MB`. */
export function describeProgress({what, done, total, note}: SetUpProgress): string {
  if (note !== undefined) return `${what}: ${note}`;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return `${what}: ${total === undefined ? '' : `${megabytes(done)} of `}${megabytes(total ?? done)} MB`;
}
