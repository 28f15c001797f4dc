import {addFactRow, type FactRows, type FactTable, factTables, noFactRows} from '../rows/fact-rows.js';
import {mergeFacts} from '../rows/merge-facts.js';
import type {IndexedFacts, SortedFacts} from '../rows/sorted-facts.js';

/** What either branch remembers, but for what one of them has dropped since they parted. */
export function factsOfBranches({base, ours, theirs}: BranchFacts): SortedFacts {
  const merged = noFactRows();
  for (const table of factTables) {
    collect(table, merged, {from: ours, other: theirs, base});
    collect(table, merged, {from: theirs, other: ours, base});
  }
  return mergeFacts(undefined, merged);
}

export type BranchFacts = {
  readonly base: IndexedFacts | undefined;
  readonly ours: IndexedFacts;
  readonly theirs: IndexedFacts;
};

function collect<Table extends FactTable>(
  table: Table,
  merged: FactRows,
  {
    from,
    other,
    base,
  }: {
    readonly from: IndexedFacts;
    readonly other: IndexedFacts;
    readonly base: IndexedFacts | undefined;
  },
): void {
  for (const row of from.rows(table)) {
    const wasDropped = base?.same(table, row) && !other.same(table, row);
    if (!wasDropped) addFactRow(merged, table, row);
  }
}
