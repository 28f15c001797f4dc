import {setImmediate as nextTurn} from 'node:timers/promises';

/** Work on several items at once. */
export type Batches<Item> = {
  /** Resolves when the item is done, and rejects with the reason for which it is not. */
  add(item: Item): Promise<void>;
  /** Resolves when nothing waits or is being done. */
  settled(): Promise<void>;
};

/**
 * Collects what is added in one turn of the event loop, and handles it together. `handle` returns for each item why it was refused, or
 * nothing; if it throws, that is the reason for all.
 */
export function createBatches<Item>(
  handle: (items: readonly Item[]) => Promise<readonly unknown[]>,
): Batches<Item> {
  let waiting: {readonly item: Item; resolve(): void; reject(reason: unknown): void}[] = [];
  let running: Promise<void> | undefined;
  const run = async () => {
    await nextTurn();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const refusals = await handle(batch.map(({item}) => item));
        for (const [index, {resolve, reject}] of batch.entries()) {
          if (refusals[index] === undefined) resolve();
          else reject(refusals[index]);
        }
      } catch (reason) {
        for (const {reject} of batch) reject(reason);
      }
    }
    running = undefined;
  };
  return {
    add: item =>
      new Promise((resolve, reject) => {
        waiting.push({item, resolve, reject});
        running ??= run();
      }),
    settled: () => running ?? Promise.resolve(),
  };
}
