import type {OmitUndefined} from '../../chat/omit-undefined.js';

/** The members of an object that are neither undefined nor an empty object or list. */
export function omitEmpty<T extends object>(object: T): Partial<OmitUndefined<T>> {
  const entries = Object.entries(object).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(entries) as Partial<OmitUndefined<T>>;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined;
}
