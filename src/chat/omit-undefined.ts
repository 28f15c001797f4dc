/** The members of an object that are not undefined, in their order; for what is serialized or hashed, where absent must stay absent. */
export function omitUndefined<const T extends object>(object: T): OmitUndefined<T> {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(object)) {
    const value = (object as Record<string, unknown>)[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept as OmitUndefined<T>;
}

/** `T` in which each member that may be undefined is optional instead. */
export type OmitUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {[K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>};
