import {fault} from './invalid-value.js';

/** The number of items that a page of a list may have: `limit`, or 20. */
export function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return 20;
  const limit = Number(text);
  if (!Number.isInteger(limit)) throw fault('limit', 'Input should be a valid integer');
  if (limit < 1) throw fault('limit', 'Input should be greater than or equal to 1');
  if (limit > 1000) throw fault('limit', 'Input should be less than or equal to 1000');
  return limit;
}
