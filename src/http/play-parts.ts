import type {StreamWriter} from './stream-writer.js';

/** A part of an answer, due so many milliseconds after the start. */
export type Part = {readonly due: number; readonly bytes: string | Uint8Array};

/** A text with the times at which its parts are due: each goes from the end of the one before to `end`, in characters or in bytes. */
export type TimedText = {
  readonly body: string | Buffer;
  readonly parts: readonly {readonly due: number; readonly end: number}[];
};

/** A text or a response; one that is sent at once has no parts. */
export type MayHaveParts = Pick<TimedText, 'body'> & Partial<Pick<TimedText, 'parts'>>;

export function* partsOf({body, parts = []}: MayHaveParts): Generator<Part> {
  let start = 0;
  for (const {due, end} of parts) {
    yield {due, bytes: typeof body === 'string' ? body.slice(start, end) : body.subarray(start, end)};
    start = end;
  }
}

export type PlayPartsOptions = {
  /** The response; asked for when a part is due. */
  readonly open: () => Pick<StreamWriter, 'write'>;
  /** Called before the first part is sent. */
  readonly onFirst?: (() => void) | undefined;
  readonly signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
};

/** Milliseconds. Node ends a longer timer at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Sends each part of an answer when it is due. A stream that waits has one timer, and no promise for its next part: thousands of
 * them wait at once.
 * @throws the signal's reason, once it is aborted
 */
export function playParts(
  parts: Iterable<Part>,
  {open, onFirst, signal, startedAt}: PlayPartsOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const iterator = parts[Symbol.iterator]();
    let next = iterator.next();
    let isFirst = true;
    let timer: NodeJS.Timeout | undefined;
    const settle = (error?: unknown) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = () => settle(signal.reason);
    const play = () => {
      if (signal.aborted) return;
      try {
        for (; !next.done; next = iterator.next()) {
          const wait = next.value.due - (performance.now() - startedAt);
          if (wait > 0) {
            timer = setTimeout(play, Math.min(Math.ceil(wait), longestTimer));
            return;
          }
          if (isFirst) onFirst?.();
          isFirst = false;
          const writing = open().write(next.value.bytes);
          if (!writing) continue;
          next = iterator.next();
          writing.then(play, settle);
          return;
        }
        settle();
      } catch (error) {
        settle(error);
      }
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    play();
  });
}
