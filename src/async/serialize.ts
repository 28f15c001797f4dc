/** Makes a queue: what it is given to do is begun when all before it has ended, in whatever way. */
export function oneAfterAnother(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const result = last.then(work);
    // The caller gets the failure; for the queue it is an end like any other.
    last = result.catch(() => undefined);
    return result;
  };
}
