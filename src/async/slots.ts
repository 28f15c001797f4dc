import PQueue from 'p-queue';

export type Slots = {
  /** How many wait for a slot. */
  readonly waiting: number;
  /** Resolves, in the order of the calls, when there is a slot; call the result when it is free again. Rejects when `signal` aborts. */
  take(signal: AbortSignal): Promise<() => void>;
};

/** Lets so many through at once. */
export function createSlots(count: number): Slots {
  const queue = new PQueue({concurrency: count});
  return {
    get waiting() {
      return queue.size;
    },
    take: signal =>
      new Promise((resolve, reject) => {
        const use = () => new Promise<void>(release => resolve(release));
        // After the slot was given, an abort frees it, and this rejection changes nothing.
        queue.add(use, {signal}).catch(reject);
      }),
  };
}
