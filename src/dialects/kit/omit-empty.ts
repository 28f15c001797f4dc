import type {OmitUndefined} from '../../chat/omit-undefined.js';

/** The members that say something: neither absent nor an empty object or list. */
export function omitEmpty<Members extends object>(members: Members): OmitUndefined<Members> {
  const entries = Object.entries(members).filter(([, value]) => saysSomething(value));
  return Object.fromEntries(entries) as OmitUndefined<Members>;
}

function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined;
}
