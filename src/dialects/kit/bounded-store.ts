import type {SharedObjects} from '../../chat/shared-objects.js';

/** A store in memory, in insertion order. */
export type BoundedStore<Value> = {
  get(id: string): Value | undefined;
  /** Stores a value; it replaces one with the same id and counts as the newest. Processes that share the store get it, unless told otherwise. */
  set(id: string, value: Value, options?: {readonly isShared?: boolean}): void;
  delete(id: string): boolean;
  values(): readonly Value[];
};

export type Bounds<Value> = {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** The size of a value; called once for each value that is stored. */
  bytesOf(value: Value): number;
  /** With what other processes share the store; absent: this process alone has it. */
  readonly shared?: {readonly objects: SharedObjects | undefined; readonly kind: string} | undefined;
  /** Unix milliseconds; for a shared store. */
  expiresAt?(value: Value): number | undefined;
};

/** Creates a store that evicts its oldest values at its bounds; the newest value always stays. */
export function createBoundedStore<Value>({
  maxCount,
  maxBytes,
  bytesOf,
  shared,
  expiresAt,
}: Bounds<Value>): BoundedStore<Value> {
  const entries = new Map<string, {readonly value: Value; readonly size: number}>();
  let bytes = 0;
  const remove = (id: string) => {
    bytes -= entries.get(id)?.size ?? 0;
    return entries.delete(id);
  };
  const put = (id: string, value: Value) => {
    remove(id);
    const size = bytesOf(value);
    entries.set(id, {value, size});
    bytes += size;
  };
  const space = shared?.objects?.open(shared.kind, (id, value) => {
    if (value === undefined) remove(id);
    else put(id, value as Value);
  });
  return {
    get: id => entries.get(id)?.value,
    set(id, value, {isShared = true} = {}) {
      put(id, value);
      if (isShared) space?.put(id, {value, expiresAt: expiresAt?.(value)});
      for (const oldest of entries.keys()) {
        if (oldest === id || (entries.size <= maxCount && bytes <= maxBytes)) break;
        remove(oldest);
        space?.delete(oldest);
      }
    },
    delete(id) {
      const wasThere = remove(id);
      if (wasThere) space?.delete(id);
      return wasThere;
    },
    values: () => Array.from(entries.values(), ({value}) => value),
  };
}
