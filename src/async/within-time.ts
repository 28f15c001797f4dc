import {setTimeout as sleep} from 'node:timers/promises';

/** The promise's result, or undefined if it takes longer than so many milliseconds. */
export async function withinTime<Result>(
  promise: Promise<Result>,
  milliseconds: number,
): Promise<Result | undefined> {
  const done = new AbortController();
  const timeout = sleep(milliseconds, undefined, {signal: done.signal}).catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    done.abort();
  }
}
