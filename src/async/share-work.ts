import {createInFlight} from './in-flight.js';
import {untilAborted} from './until-aborted.js';

/** Work with several callers: it is done once for all callers that need it at the same time. */
export type SharedWork<Result> = {
  /** Waits until the work is done or `signal` aborts, whichever comes first. The work is aborted when its last caller leaves. */
  join(id: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
};

export function createSharedWork<Result>(): SharedWork<Result> {
  const inFlight = createInFlight<Promise<Result>>();
  return {
    async join(id, signal, begin) {
      signal.throwIfAborted();
      const {work, leave} = inFlight.join(id, (shared, end) => {
        const result = begin(shared);
        // The listeners get a failure; without any it does not matter.
        result.then(end, end);
        return result;
      });
      try {
        return await untilAborted(work, signal);
      } finally {
        leave();
      }
    },
  };
}
