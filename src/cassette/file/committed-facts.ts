import type {Database} from 'better-sqlite3';
import {type FactRow, type FactTable, factIdentities, factTables, identityOf} from '../rows/fact-rows.js';
import type {IndexedFacts} from '../rows/sorted-facts.js';
import {factsVersion} from './schema.js';

export type FactsReading = {
  /** Rows until they exceed the file. */
  bounded<Row extends object>(rows: Iterable<Row>): Iterable<Row>;
  /** The result of a reading; an error of SQLite becomes a sentence about the cassette. */
  explained<Result>(read: () => Result): Result;
};

export function committedFacts(database: Database, {bounded, explained}: FactsReading): IndexedFacts {
  if (Number(database.pragma('user_version', {simple: true})) < factsVersion) return nothing;
  const select = <Table extends FactTable>(table: Table, columns: readonly string[]) =>
    database.prepare<string[], FactRow[Table]>(
      `SELECT * FROM ${table} ${columns.length > 0 ? 'WHERE' : ''} ${columns.map(name => `${name} = ?`).join(' AND ')}
       ORDER BY ${factIdentities[table].join(', ')}`,
    );
  const renders = select('renders', ['pdf', 'options']);
  const references = select('refs', ['url']);
  const media = select('media', ['kind', 'digest']);
  return {
    renders: (pdf, options) => explained(() => [...bounded(renders.iterate(pdf, options))]),
    references: url => explained(() => [...bounded(references.iterate(url))]),
    media: (kind, digest) => explained(() => media.get(kind, digest)),
    same: (table, row) =>
      explained(() => select(table, factIdentities[table]).get(...identityOf(table, row).split('\n'))),
    *rows(table) {
      const rows = explained(() => bounded(select(table, []).iterate())[Symbol.iterator]());
      try {
        for (let next = rows.next(); !next.done; next = explained(() => rows.next())) yield next.value;
      } finally {
        rows.return?.();
      }
    },
    isEmpty: factTables.every(
      table => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined,
    ),
    hasRenders: database.prepare('SELECT 1 FROM renders LIMIT 1').get() !== undefined,
  };
}

const nothing: IndexedFacts = {
  renders: () => [],
  references: () => [],
  media: () => undefined,
  same: () => undefined,
  rows: () => [],
  isEmpty: true,
  hasRenders: false,
};
