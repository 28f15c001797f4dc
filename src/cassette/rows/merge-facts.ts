import {
  type FactRow,
  type FactRows,
  type FactTable,
  hasFactRows,
  identityOf,
  isPreferred,
} from './fact-rows.js';
import type {IndexedFacts, SortedFacts} from './sorted-facts.js';

/** The rows that a cassette does not hold as they are. */
export function newFactRows(stored: IndexedFacts | undefined, rows: FactRows): FactRows {
  const news = <Table extends FactTable>(table: Table): Map<string, FactRow[Table]> =>
    new Map(
      [...rows[table]].filter(([, row]) => {
        const known = stored?.same(table, row);
        return !known || isPreferred(table, row, known);
      }),
    );
  return {renders: news('renders'), refs: news('refs'), media: news('media')};
}

/** Facts with new ones in their places. */
export function mergeFacts(known: SortedFacts | undefined, news: FactRows): SortedFacts {
  return {
    isEmpty: (known?.isEmpty ?? true) && !hasFactRows(news),
    hasRenders: (known?.hasRenders ?? false) || news.renders.size > 0,
    rows: table => mergeTable(table, known?.rows(table) ?? [], news[table]),
  };
}

function* mergeTable<Table extends FactTable>(
  table: Table,
  stored: Iterable<FactRow[Table]>,
  news: ReadonlyMap<string, FactRow[Table]>,
): Iterable<FactRow[Table]> {
  const pending = [...news].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  let next = pending.next();
  for (const row of stored) {
    const identity = identityOf(table, row);
    for (; !next.done && next.value[0] < identity; next = pending.next()) yield next.value[1];
    if (!next.done && next.value[0] === identity) {
      yield next.value[1];
      next = pending.next();
    } else {
      yield row;
    }
  }
  for (; !next.done; next = pending.next()) yield next.value[1];
}
