/** The promise's result, unless the signal is aborted first: then the error that `toError` makes of its reason. */
export function untilAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
  toError: (reason: unknown) => unknown = reason => reason,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(toError(signal.reason));
    const settle = () => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, {once: true});
    promise.then(resolve, reject).finally(settle);
  });
}
