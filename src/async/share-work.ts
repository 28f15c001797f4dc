/**
 * Work that several may wait for: who asks for what is being done already waits for it instead of having it done again. It goes on as long
 * as anyone waits, and is aborted when the last one leaves.
 */
export type SharedWork<Result> = {
  /** Waits until the work is done or `signal` aborts, whichever comes first. */
  join(id: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
};

export function createSharedWork<Result>(): SharedWork<Result> {
  const underWay = new Map<string, Work<Result>>();
  return {
    async join(id, signal, begin) {
      signal.throwIfAborted();
      const work = underWay.get(id) ?? start(begin);
      underWay.set(id, work);
      work.waiting++;
      try {
        return await untilAborted(work.result, signal);
      } finally {
        work.waiting--;
        if (work.waiting === 0) {
          if (underWay.get(id) === work) underWay.delete(id);
          work.abort.abort();
        }
      }
    },
  };
}

type Work<Result> = {readonly result: Promise<Result>; readonly abort: AbortController; waiting: number};

function start<Result>(begin: (signal: AbortSignal) => Promise<Result>): Work<Result> {
  const abort = new AbortController();
  const result = begin(abort.signal);
  // Whoever waits hears of a failure; when nobody does any more, it is of no concern.
  result.catch(() => undefined);
  return {result, abort, waiting: 0};
}

async function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
  });
  signal.addEventListener('abort', leave, {once: true});
  try {
    return await Promise.race([result, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
