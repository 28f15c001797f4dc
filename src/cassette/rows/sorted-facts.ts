import type {FactRow, FactTable} from './fact-rows.js';

/** The facts of a cassette, wherever they are. */
export type SortedFacts = {
  readonly isEmpty: boolean;
  /** Whether there are documents among them. */
  readonly hasRenders: boolean;
  /** All rows of a table in the order of their identities, read as they are reached. */
  rows<Table extends FactTable>(table: Table): Iterable<FactRow[Table]>;
};
