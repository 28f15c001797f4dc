/** A store in memory, in insertion order. */
export type BoundedStore<Value> = {
  get(id: string): Value | undefined;
  /** Stores a value; it replaces one with the same id and counts as the newest. */
  set(id: string, value: Value): void;
  delete(id: string): boolean;
  values(): readonly Value[];
};

export type Bounds<Value> = {
  readonly maxCount: number;
  readonly maxBytes: number;
  bytesOf(value: Value): number;
};

/** Creates a store that evicts its oldest values at its bounds; the newest value always stays. */
export function createBoundedStore<Value>({maxCount, maxBytes, bytesOf}: Bounds<Value>): BoundedStore<Value> {
  const entries = new Map<string, Value>();
  let bytes = 0;
  const remove = (id: string) => {
    const value = entries.get(id);
    if (value !== undefined) bytes -= bytesOf(value);
    return entries.delete(id);
  };
  return {
    get: id => entries.get(id),
    set(id, value) {
      remove(id);
      entries.set(id, value);
      bytes += bytesOf(value);
      for (const oldest of entries.keys()) {
        if (oldest === id || (entries.size <= maxCount && bytes <= maxBytes)) break;
        remove(oldest);
      }
    },
    delete: remove,
    values: () => [...entries.values()],
  };
}
