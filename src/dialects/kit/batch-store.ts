import {createHash} from 'node:crypto';
import type {RetakeError} from '../../errors.js';
import type {DialectServices} from '../dialect.js';
import {createBatchRunners} from './batch-runners.js';
import {createBoundedStore} from './bounded-store.js';
import {newSeeds} from './new-seeds.js';

/**
 * The batches of this process, and of those that share it, in memory; at its bounds, the oldest are evicted. The process that created a
 * batch runs it, and it alone changes it. The others can cancel and delete it, and end it if that process is gone.
 */
export type BatchStore<Batch extends {readonly id: string}> = {
  /** Hexadecimal digits for the id of another batch. */
  newDigits(length: number): string;
  /** Adds a batch that this process runs. Call the function when it has ended. */
  add(batch: Batch): () => void;
  get(id: string): Batch | undefined;
  /** @throws RetakeError in the real API's words */
  find(id: string): Batch;
  /** Changes a batch, unless it is gone. */
  change(id: string, members: Partial<Batch>): void;
  /** Changes a batch as `change` does, but other processes may see it some seconds later. */
  progress(id: string, members: Partial<Batch>): void;
  /** Asks the process that runs a batch to end it. */
  cancel(id: string): void;
  delete(id: string): void;
  /** Oldest first, with rising numbers. */
  numbered(): readonly {readonly number: number; readonly item: Batch}[];
  /** Oldest first. */
  values(): readonly Batch[];
};

export type BatchRules<Batch> = {
  /** What the store is called among those that processes share. */
  readonly kind: string;
  bytesOf(batch: Batch): number;
  isOver(batch: Batch): boolean;
  notFound(id: string): RetakeError;
  /** How a running batch is shown that was cancelled at a time, in Unix milliseconds. */
  cancelled(at: number): Partial<Batch>;
  /** How a batch ends whose process is gone. */
  interrupted(batch: Batch, at: number): Partial<Batch>;
};

/** Why a batch ended before its requests were sent. */
export const interruption =
  'The replica that ran this batch has ended. The answers that it got are recorded: create the batch again to get all of them.';

type Entry<Batch> = {readonly batch: Batch; readonly number: number; readonly runner: string};

/** What clients want of a batch. It is apart from the batch, which the process that runs it may write at the same time. */
type Wish = {readonly cancelledAt: number; readonly isDeleted: boolean};

const maxCount = 10_000;
const maxBytes = 128 * 1024 * 1024;

export function createBatchStore<Batch extends {readonly id: string}>(
  services: Pick<DialectServices, 'now' | 'objects'>,
  {kind, bytesOf, isOver, notFound, cancelled, interrupted}: BatchRules<Batch>,
): BatchStore<Batch> {
  const {now, objects} = services;
  const entries = createBoundedStore<Entry<Batch>>({
    ...{maxCount, maxBytes, shared: {objects, kind}},
    bytesOf: ({batch}) => bytesOf(batch),
  });
  const wishes = createBoundedStore<Wish>({
    ...{maxCount, maxBytes, shared: {objects, kind: `${kind}/wishes`}},
    bytesOf: () => 0,
  });
  const runners = createBatchRunners(services, `${kind}/runners`);
  const newSeed = newSeeds(services);
  /** Batches whose progress other processes do not know yet. */
  const unshared = new Set<string>();
  let count = 0;

  const change = (id: string, members: Partial<Batch>, isShared = true) => {
    const entry = entries.get(id);
    if (entry) entries.set(id, {...entry, batch: {...entry.batch, ...members}}, {isShared});
    if (isShared) unshared.delete(id);
    else unshared.add(id);
  };
  const shareProgress = () => {
    for (const id of unshared) change(id, {});
  };
  const shown = ({batch, runner}: Entry<Batch>): Batch | undefined => {
    const wish = wishes.get(batch.id);
    if (wish?.isDeleted) return undefined;
    if (isOver(batch)) return batch;
    if (runners.isGone(runner)) {
      change(batch.id, interrupted(batch, now()));
      return entries.get(batch.id)?.batch;
    }
    return wish ? {...batch, ...cancelled(wish.cancelledAt)} : batch;
  };
  const get = (id: string) => {
    const entry = entries.get(id);
    return entry && shown(entry);
  };
  const numbered = () =>
    entries
      .values()
      .flatMap(entry => {
        const item = shown(entry);
        return item ? [{number: entry.number, item}] : [];
      })
      .sort((a, b) => a.number - b.number);
  return {
    newDigits: length => createHash('sha256').update(newSeed()).digest('hex').slice(0, length),
    add(batch) {
      // Processes that share their batches list them in one order.
      const number = now() * 1000 + (count++ % 1000);
      entries.set(batch.id, {batch, number, runner: runners.own});
      return runners.start(shareProgress);
    },
    get,
    find(id) {
      const batch = get(id);
      if (batch) return batch;
      throw notFound(id);
    },
    change,
    progress: (id, members) => change(id, members, false),
    cancel: id => wishes.set(id, {cancelledAt: now(), isDeleted: false}),
    delete(id) {
      wishes.set(id, {cancelledAt: now(), isDeleted: true});
      entries.delete(id);
    },
    numbered,
    values: () => numbered().map(({item}) => item),
  };
}
