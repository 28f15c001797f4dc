import type {OmitUndefined} from '../../chat/omit-undefined.js';

/** The members of an object that are neither undefined nor an empty object or list. */
export function omitEmpty<T extends object>(object: T): Partial<OmitUndefined<T>> {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(object)) {
    const value = (object as Record<string, unknown>)[name];
    if (!isEmpty(value)) kept[name] = value;
  }
  return kept as Partial<OmitUndefined<T>>;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined;
}
