import type {FactRow, FactTable} from './fact-rows.js';

/** The facts of a cassette in any store. */
export type SortedFacts = {
  readonly isEmpty: boolean;
  /** Whether they include documents. */
  readonly hasRenders: boolean;
  /** All rows of a table in the order of their identities, read as they are reached. */
  rows<Table extends FactTable>(table: Table): Iterable<FactRow[Table]>;
};

/** Facts that can also be looked up: those of a store. */
export type IndexedFacts = SortedFacts & {
  renders(pdf: string, options: string): FactRow['renders'][];
  references(url: string): FactRow['refs'][];
  media(kind: string, digest: string): FactRow['media'] | undefined;
  /** The row with the same identity. */
  same<Table extends FactTable>(table: Table, row: FactRow[Table]): FactRow[Table] | undefined;
};
