import {RetakeError} from '../../errors.js';
import {invalidType, outOfRange} from './invalid-value.js';
import {Integer} from './numbers.js';

export type Listed = {readonly id: string};

export type ListPage<Item> = {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
};

export type Paging = {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly maxLimit: number;
};

/** The page of a list, given oldest first, that a query asks for: `order`, `limit`, and `after` an item of the page before. */
export function pageOf<Item extends Listed>(
  oldestFirst: readonly Item[],
  query: URLSearchParams,
  paging: Paging,
): ListPage<Item> {
  const items = orderOf(query, paging) === 'asc' ? oldestFirst : oldestFirst.toReversed();
  const start = startOf(items, query.get('after'));
  const data = items.slice(start, start + limitOf(query, paging));
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + data.length < items.length,
  };
}

function orderOf(query: URLSearchParams, paging: Paging): 'asc' | 'desc' {
  const order = query.get('order') ?? paging.order;
  if (order === 'asc' || order === 'desc') return order;
  throw new RetakeError(
    'invalid_request',
    `Invalid value: '${order}'. Supported values are: 'asc' and 'desc'.`,
    {field: 'order', reason: 'invalid_value'},
  );
}

function limitOf(query: URLSearchParams, {limit, maxLimit}: Paging): number {
  const text = query.get('limit');
  if (text === null) return limit;
  if (!/^-?\d{1,9}$/.test(text)) throw invalidType('limit', Integer(1), text);
  const asked = Number(text);
  if (asked < 1) throw outOfRange('limit', asked, {kind: 'integer', side: 'below', bound: 1});
  if (asked > maxLimit) throw outOfRange('limit', asked, {kind: 'integer', side: 'above', bound: maxLimit});
  return asked;
}

function startOf(items: readonly Listed[], after: string | null): number {
  if (after === null) return 0;
  const index = items.findIndex(({id}) => id === after);
  if (index >= 0) return index + 1;
  throw new RetakeError('invalid_request', `Invalid 'after': the list has no item with the id '${after}'.`, {
    field: 'after',
    reason: 'invalid_value',
  });
}
