import {closeSync, openSync, writeSync} from 'node:fs';
import Database from 'better-sqlite3';
import {takeTurns} from '../../async/take-turns.js';
import {writeAtomically} from '../../files/write-atomically.js';
import {type FactRow, type FactTable, factTables} from '../rows/fact-rows.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {SortedFacts} from '../rows/sorted-facts.js';
import type {AnyIterable, StoredInteraction, StreamedContent} from '../rows/stored-cassette.js';
import {needsNewestFormat} from '../rows/stored-wire.js';
import {withinBudget} from '../rows/thumbnail-budget.js';
import {type CassettePaths, newSidecar} from './cassette-paths.js';
import {canonicalHeaderFields} from './header.js';
import {createTables, markWire, pageSize} from './schema.js';

/** Replaces the committed file with one that has this content. Call it under the lock. */
export async function replaceCommittedFile(paths: CassettePaths, content: StreamedContent): Promise<void> {
  const draft = newSidecar(paths, 'temporary');
  await writeAtomically(paths.file, () => writeCanonicalFile(draft, content), draft);
}

/**
 * Writes a cassette whose bytes depend on its content alone: rows go into a new database in the order of their ids, and the header's
 * counters are set to constants. It does not sync, and yields to other work.
 */
export async function writeCanonicalFile(
  path: string,
  {keySettings, interactions, facts}: StreamedContent,
): Promise<void> {
  const database = new Database(path);
  try {
    database.pragma(`page_size = ${pageSize}`);
    // No other process knows the file yet: without journal and syncs it is written once, and discarded if incomplete.
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma('locking_mode = EXCLUSIVE');
    // The commit writes all pages that are in memory at once, and nothing else is done meanwhile.
    database.pragma('cache_size = -1000');
    database.exec('BEGIN');
    createTables(database, {withFacts: !facts.isEmpty});
    const insertSetting = database.prepare('INSERT INTO settings VALUES (@name, @value)');
    const rows = settingsRows(keySettings, {withDocuments: facts.hasRenders});
    for (const row of rows) insertSetting.run(row);
    const {isNewest} = await insertInteractions(database, interactions);
    if (isNewest) markWire(database, {withFacts: !facts.isEmpty});
    if (!facts.isEmpty) for (const table of factTables) await insertFacts(database, table, facts);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  setHeaderFields(path);
}

async function insertInteractions(
  database: Database.Database,
  interactions: AnyIterable<StoredInteraction>,
): Promise<{readonly isNewest: boolean}> {
  const insertInteraction = database.prepare('INSERT INTO interactions VALUES (?, ?, ?)');
  const insertTake = database.prepare('INSERT INTO takes VALUES (?, ?, ?, ?, ?)');
  const turn = takeTurns();
  let isNewest = false;
  for await (const {id, row} of interactions) {
    insertInteraction.run(id, row.key, row.request);
    for (const [position, {chunks, provenance, digest}] of row.takes.entries()) {
      insertTake.run(id, position, chunks, provenance, digest);
      isNewest ||= needsNewestFormat(chunks);
    }
    await turn();
  }
  return {isNewest};
}

async function insertFacts(database: Database.Database, table: FactTable, facts: SortedFacts): Promise<void> {
  const rows: Iterable<FactRow[FactTable]> =
    table === 'media' ? withinBudget(facts.rows('media')) : facts.rows(table);
  const turn = takeTurns();
  for (const row of rows) {
    const columns = Object.keys(row);
    database
      .prepare(
        `INSERT INTO ${table}(${columns.join(', ')}) VALUES (${columns.map(name => `@${name}`).join(', ')})`,
      )
      .run(row);
    await turn();
  }
}

function setHeaderFields(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    for (const {offset, value} of canonicalHeaderFields) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      writeSync(descriptor, bytes, 0, bytes.length, offset);
    }
  } finally {
    closeSync(descriptor);
  }
}
