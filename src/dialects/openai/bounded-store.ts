/** What is kept in memory, in the order in which it came. */
export type BoundedStore<Value> = {
  get(id: string): Value | undefined;
  /** Keeps a value; one of the same id is replaced and counts as new. */
  set(id: string, value: Value): void;
  delete(id: string): boolean;
  values(): readonly Value[];
};

export type Bounds<Value> = {
  readonly maxCount: number;
  readonly maxBytes: number;
  bytesOf(value: Value): number;
};

/** A store that forgets its oldest values rather than grow beyond its bounds; the newest one always stays. */
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
