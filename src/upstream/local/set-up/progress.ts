/** How far a step of the set-up is. `what` is the same text from a step's first event to its last. */
export type SetUpProgress = {
  /** For people: `model gemma3-270m`. */
  readonly what: string;
  /** In bytes. */
  readonly done: number;
  /** In bytes, where it is known. */
  readonly total?: number;
  /** What is going on when it is not the fetching: `checking`. */
  readonly note?: string;
};

export type OnProgress = (progress: SetUpProgress) => void;

/** `model gemma3-270m: 120 of 253 MB`. */
export function describeProgress({what, done, total, note}: SetUpProgress): string {
  if (note !== undefined) return `${what}: ${note}`;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return `${what}: ${total === undefined ? '' : `${megabytes(done)} of `}${megabytes(total ?? done)} MB`;
}
