import type {Database} from 'better-sqlite3';
import type {SchemaEntry} from './schema.js';

/**
 * Prepares a database that somebody else may have written, before its first query: its schema may call no functions with side effects,
 * every page is checked, and nothing is mapped into memory (https://www.sqlite.org/security.html). better-sqlite3 opens databases in
 * defensive mode already.
 */
export function distrust(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('mmap_size = 0');
}

/**
 * How the schema of a database differs from the one that retake writes; undefined if it does not. A view, a trigger or a generated column
 * would run when a table is queried, and a view can be endless. So the statements must be the same, character by character.
 */
export function findForeignSchema(database: Database, expected: readonly SchemaEntry[]): string | undefined {
  const found = database
    .prepare<[number], StoredEntry>('SELECT type, name, sql FROM sqlite_schema LIMIT ?')
    .all(expected.length + 1);
  const left = new Map(expected.map(({name, sql}) => [name, sql]));
  for (const {type, name, sql} of found) {
    const known = left.get(name);
    if (known === undefined) return `has ${articleOf(type)} that retake did not create: ${shown(name)}`;
    if (known !== sql || type !== kindOf(known)) {
      return `has a different ${shown(name)}: retake creates it as a ${kindOf(known)} with other columns`;
    }
    left.delete(name);
  }
  const [missing] = left.keys();
  return missing === undefined ? undefined : `lacks the ${kindOf(left.get(missing) ?? null)} ${missing}`;
}

/**
 * Rows until they hold more than the whole file does. Pages that refer to pages can make a small file have rows without end; SQLite
 * notices that only in a check of the whole file.
 */
export function* withinFile<Row extends object>(
  rows: Iterable<Row>,
  fileSize: number,
  measure: (row: Row) => number = sizeOfRow,
): Generator<Row> {
  let size = 0;
  for (const row of rows) {
    size += measure(row);
    if (size > fileSize) throw new EndlessRows();
    yield row;
  }
}

/** More rows than fit into the file. */
export class EndlessRows extends Error {
  override readonly name = 'EndlessRows';
}

/** At most what the values take in the file. */
function sizeOfRow(row: object): number {
  let size = 0;
  for (const value of Object.values(row)) size += sizeOf(value);
  return size;
}

/** At most what the value takes in the file. */
export function sizeOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Buffer ? value.length : 1;
}

type StoredEntry = {readonly type: string; readonly name: string; readonly sql: string | null};

function kindOf(sql: string | null): 'table' | 'index' {
  return sql?.startsWith('CREATE TABLE') ? 'table' : 'index';
}

function articleOf(type: string): string {
  return type === 'index'
    ? 'an index'
    : ['table', 'view', 'trigger'].includes(type)
      ? `a ${type}`
      : 'an entry';
}

/** A name that a stranger chose, short and on one line. */
function shown(name: string): string {
  return JSON.stringify(String(name).slice(0, 60));
}
