import {invalidArguments} from './field-violations.js';

/** A list in insertion order: each item has a number, in rising order. */
export type Numbered<Item> = {readonly number: number; readonly item: Item};

export type PageLimits = {readonly usual: number; readonly most: number};

/** One page of a list, and the token of the next page if there is one. */
export type ListPage<Item> = {readonly items: readonly Item[]; readonly nextPageToken: string | undefined};

/**
 * The page for `pageSize` and `pageToken`. A token is the last number of the previous page, so that deletions between two requests skip
 * nothing. A size above the maximum counts as the maximum.
 */
export function pageOf<Item>(
  list: readonly Numbered<Item>[],
  query: URLSearchParams,
  {usual, most}: PageLimits,
  request: string,
): ListPage<Item> {
  const size = sizeIn(parameter(query, 'pageSize', 'page_size'), request);
  const after = numberIn(parameter(query, 'pageToken', 'page_token'), request);
  const rest = list.filter(({number}) => number > after);
  const page = rest.slice(0, Math.min(size || usual, most));
  const last = page.at(-1);
  return {
    items: page.map(({item}) => item),
    nextPageToken: last && page.length < rest.length ? tokenOf(last.number) : undefined,
  };
}

/** The query parameters of paging. */
export const pageParameters = ['pageSize', 'page_size', 'pageToken', 'page_token'];

function parameter(query: URLSearchParams, name: string, protoName: string): string {
  return query.get(name) ?? query.get(protoName) ?? '';
}

function sizeIn(text: string, request: string): number {
  if (/^\d{0,10}$/.test(text)) return Number(text);
  const description = 'page_size must be a number that is not negative.';
  throw invalidArguments([{field: 'page_size', description}], request);
}

function numberIn(token: string, request: string): number {
  if (token === '') return -1;
  const number = Number(Buffer.from(token, 'base64url').toString());
  if (Number.isSafeInteger(number) && tokenOf(number) === token) return number;
  const description = 'page_token is not one that a list gave.';
  throw invalidArguments([{field: 'page_token', description}], request);
}

function tokenOf(number: number): string {
  return Buffer.from(String(number)).toString('base64url');
}
