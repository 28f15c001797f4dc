import {createHash} from 'node:crypto';
import type {RetakeError} from '../../errors.js';
import type {DialectServices} from '../dialect.js';
import {createBoundedStore} from './bounded-store.js';
import {newSeeds} from './new-seeds.js';

/** The batches of this process, in memory; at its bounds, the oldest are evicted. */
export type BatchStore<Batch extends {readonly id: string}> = {
  /** Hexadecimal digits for the id of another batch. */
  newDigits(length: number): string;
  add(batch: Batch): void;
  get(id: string): Batch | undefined;
  /** @throws RetakeError in the real API's words */
  find(id: string): Batch;
  /** Changes a batch, unless it is gone. */
  change(id: string, members: Partial<Batch>): void;
  delete(id: string): void;
  values(): readonly Batch[];
};

export function createBatchStore<Batch extends {readonly id: string}>(
  services: Pick<DialectServices, 'objects'>,
  {
    bytesOf,
    notFound,
  }: {readonly bytesOf: (batch: Batch) => number; readonly notFound: (id: string) => RetakeError},
): BatchStore<Batch> {
  const batches = createBoundedStore<Batch>({
    maxCount: 10_000,
    maxBytes: 128 * 1024 * 1024,
    bytesOf,
  });
  const newSeed = newSeeds(services);
  return {
    newDigits: length => createHash('sha256').update(newSeed()).digest('hex').slice(0, length),
    add: batch => batches.set(batch.id, batch),
    get: batches.get,
    find(id) {
      const batch = batches.get(id);
      if (batch) return batch;
      throw notFound(id);
    },
    change(id, members) {
      const batch = batches.get(id);
      if (batch) batches.set(id, {...batch, ...members});
    },
    delete: batches.delete,
    values: batches.values,
  };
}
