import {
  type FactRow,
  type FactRows,
  type FactTable,
  factIdentities,
  factTables,
  identityOf,
  isPreferred,
} from '../rows/fact-rows.js';
import type {Query, Row} from './driver.js';

/** The columns of each table, and those that are stored as bytes because they may contain U+0000. */
const columnsOf = {
  renders: ['pdf', 'options', 'digest', 'pages', 'renderer'],
  refs: ['url', 'digest', 'shown', 'sha256', 'mediaType', 'text'],
  media: ['kind', 'digest', 'mediaType', 'width', 'height', 'bytes', 'checksum'],
} as const satisfies {readonly [table in FactTable]: readonly (keyof FactRow[table])[]};
const storedAsBytes = ['shown', 'text'];

/** Rows of a table of which these columns have these values, in the order of their identities. */
export async function factRows<Table extends FactTable>(
  query: Query,
  table: Table,
  {cassette, columns, values, after = []}: FactQuery,
): Promise<readonly FactRow[Table][]> {
  const conditions = columns.map((column, index) => `AND f."${column}" = $${index + 2}`);
  const identity = factIdentities[table].map(column => `f."${column}"`).join(', ');
  const place = after.map((_value, index) => `$${columns.length + index + 2}`).join(', ');
  const rows = await query(
    `SELECT ${columnsOf[table].map(column => `f."${column}"`).join(', ')} FROM retake.${table} f
     WHERE f.cassette = (SELECT id FROM retake.cassettes WHERE name = $1) ${conditions.join(' ')}
     ${after.length > 0 ? `AND (${identity}) > (${place})` : ''} ORDER BY ${identity} LIMIT ${pageLengths[table]}`,
    [cassette, ...values, ...after],
  );
  return rows.map(row => readFact<Table>(row));
}

export type FactQuery = {
  /** The cassette's name. */
  readonly cassette: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** The identity of the row to begin after. */
  readonly after?: readonly string[];
};

/** Rows in one answer: the contents of one PDF or one URL are fewer. A row of media can have many megabytes. */
const pageLengths = {renders: 200, refs: 200, media: 10} as const satisfies {
  readonly [table in FactTable]: number;
};

/** All rows of a table in the order of their identities. */
export async function* allFactRows<Table extends FactTable>(
  query: Query,
  table: Table,
  cassette: string,
): AsyncIterable<FactRow[Table]> {
  for (let after: readonly string[] = []; ; ) {
    const page = await factRows(query, table, {cassette, columns: [], values: [], after});
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageLengths[table]) return;
    after = identityOf(table, last).split('\n');
  }
}

/** Whether facts were stored, and whether they give another meaning to something that had one before. */
export type StoredFacts = {readonly hasNews: boolean; readonly hasChanged: boolean};

/** Stores those facts that the cassette has not. Rows are written in one order, so that two processes cannot block each other. */
export async function storeFacts(
  query: Query,
  cassette: {readonly id: string; readonly name: string},
  facts: FactRows,
): Promise<StoredFacts> {
  const result = {hasNews: false, hasChanged: false};
  for (const table of factTables) {
    const rows = [...facts[table]].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, row] of rows) await storeFact(query, cassette, {table, row}, result);
  }
  return result;
}

/** Removes a fact. */
export async function removeFact(
  query: Query,
  cassette: string,
  {table, row}: {readonly table: FactTable; readonly row: FactRow[FactTable]},
): Promise<void> {
  const cells = row as unknown as Row;
  const identity = factIdentities[table];
  await query(
    `DELETE FROM retake.${table} WHERE cassette = $1
     ${identity.map((column, index) => `AND "${column}" = $${index + 2}`).join(' ')}`,
    [cassette, ...identity.map(column => String(cells[column]))],
  );
}

async function storeFact(
  query: Query,
  cassette: {readonly id: string; readonly name: string},
  {table, row}: {table: FactTable; row: FactRow[FactTable]},
  result: {hasNews: boolean; hasChanged: boolean},
): Promise<void> {
  const cells = row as unknown as Row;
  const same = await factRows(query, table, {
    cassette: cassette.name,
    columns: factIdentities[table],
    values: factIdentities[table].map(column => String(cells[column])),
  });
  const known = same[0];
  if (known && !isPreferred(table, row, known)) return;
  if (!known && (await hasOthers(query, cassette.name, table, cells))) result.hasChanged = true;
  result.hasNews = true;
  const columns = columnsOf[table];
  await query(
    `INSERT INTO retake.${table} (cassette, ${columns.map(column => `"${column}"`).join(', ')})
     VALUES ($1, ${columns.map((_column, index) => `$${index + 2}`).join(', ')})
     ON CONFLICT (cassette, ${factIdentities[table].map(column => `"${column}"`).join(', ')}) DO UPDATE
     SET ${columns.map(column => `"${column}" = excluded."${column}"`).join(', ')}`,
    [cassette.id, ...columns.map(column => toStored(column, cells[column]))],
  );
}

/** Whether the same PDF with the same options, or the same URL, has another content already. */
async function hasOthers(query: Query, cassette: string, table: FactTable, cells: Row): Promise<boolean> {
  if (table === 'media') return false;
  const columns = table === 'renders' ? ['pdf', 'options'] : ['url'];
  const values = columns.map(column => String(cells[column]));
  return (await factRows(query, table, {cassette, columns, values})).length > 0;
}

function toStored(column: string, value: unknown): unknown {
  return storedAsBytes.includes(column) && typeof value === 'string' ? Buffer.from(value) : value;
}

function readFact<Table extends FactTable>(row: Row): FactRow[Table] {
  const cells = Object.entries(row).map(([column, value]) => [
    column,
    storedAsBytes.includes(column) && Buffer.isBuffer(value) ? value.toString() : value,
  ]);
  return Object.fromEntries(cells) as unknown as FactRow[Table];
}
