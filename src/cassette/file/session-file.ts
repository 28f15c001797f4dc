import {existsSync, rmSync} from 'node:fs';
import Database from 'better-sqlite3';
import type {CassetteKey} from '../key/key.js';
import type {KeySettings} from '../key/key-settings.js';
import {
  addFactRow,
  type FactRow,
  type FactRows,
  type FactTable,
  factTables,
  noFactRows,
} from '../rows/fact-rows.js';
import {interactionId} from '../rows/interaction-row.js';
import {invalidCassette} from '../rows/invalid-cassette.js';
import type {RecordedRows} from '../rows/recorded-rows.js';
import type {RecordingRow} from '../rows/recording-row.js';
import {readSettings, type SettingRow, settingsRows} from '../rows/settings-rows.js';
import type {TakeRow} from '../rows/take-row.js';
import {type SchemaEntry, schemaOf, schemaVersion, takeColumns} from './schema.js';
import {distrust, findForeignSchema} from './trusted-database.js';

/**
 * The recordings of one process that are not in the committed file. A recording is safe when `keep` returns. The process locks the file
 * exclusively, and the operating system releases the lock with the process: if another process can open a session file, its owner is gone.
 * A new one must be created under the cassette's lock, because looking for left files holds it, too.
 */
export type SessionFile = {
  readonly path: string;
  readonly keySettings: KeySettings;
  /**
   * Stores a recording and its facts, both or nothing. `baseline`: the takes to be replaced, with the first recording of an interaction
   * that has `replaces`.
   */
  keep(recording: RecordingRow, facts: FactRows, baseline?: readonly TakeRow[]): void;
  /** Stores what `work` keeps and learns in one transaction, all or nothing. */
  together(work: () => void): void;
  /** Stores facts alone. */
  learn(facts: FactRows): void;
  /** The number of the last recording. */
  readonly last: number;
  /** The number of the last fact. */
  readonly lastFact: number;
  /** The facts up to a number that are not in the committed file. */
  facts(upTo: number): FactRows;
  /** The interactions with a recording up to a number that is not in the committed file. */
  waitingIds(upTo: number): bigint[];
  /** The recordings of an interaction up to a number, including replacing ones that are in the committed file already. */
  recorded(id: bigint, upTo: number): RecordedRows | undefined;
  hasBaseline(key: CassetteKey): boolean;
  /** Marks recordings and facts up to these numbers as committed. */
  markFlushed(upTo: number, factsUpTo: number): void;
  /** Closes the file and leaves it for a later start. */
  close(): void;
  /** Closes the file and deletes it. */
  remove(): void;
};

export function createSessionFile(path: string, settings: KeySettings): SessionFile {
  const database = new Database(path, {timeout: 0});
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.transaction(() => {
      database.pragma(`user_version = ${schemaVersion}`);
      database.exec(tables);
      const insertSetting = database.prepare('INSERT INTO settings VALUES (@name, @value)');
      for (const row of settingsRows(settings, {withDocuments: true})) insertSetting.run(row);
    })();
    return prepareSession(path, database);
  } catch (error) {
    database.close();
    removeSession(path);
    throw error;
  }
}

/**
 * Opens a session file whose process is gone; undefined while the process lives, and if it had recorded nothing.
 * @throws RetakeError `cassette_invalid` when it is damaged or was written by a newer retake.
 */
export function openLeftSession(path: string): SessionFile | undefined {
  // The process may just be ending and delete the file.
  if (!existsSync(path)) return undefined;
  const database = new Database(path, {timeout: 0});
  try {
    distrust(database);
    database.pragma('locking_mode = EXCLUSIVE');
    const version = Number(database.pragma('user_version', {simple: true}));
    if (version > schemaVersion) {
      throw invalidCassette(path, 'was written by a newer retake', 'Start that once, or update this one.');
    }
    if (version === 0) {
      database.close();
      removeSession(path);
      return undefined;
    }
    const foreign = findForeignSession(database);
    if (foreign) throw invalidCassette(path, `is a session file that ${foreign}`, leftHint);
    return prepareSession(path, database);
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    if (error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw invalidCassette(path, `is a session file that cannot be read: ${error.message}`, leftHint, error);
  }
}

const leftHint = 'It stays as it is. Delete it if you do not need its recordings.';

/** `flushed` is the number up to which recordings are in the committed file. */
const tables = `
CREATE TABLE settings(name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE progress(flushed INTEGER NOT NULL) STRICT;
INSERT INTO progress VALUES (0);
CREATE TABLE interactions(id INTEGER PRIMARY KEY, key TEXT NOT NULL, request TEXT NOT NULL, replaces INTEGER NOT NULL) STRICT;
CREATE TABLE recordings(
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  interaction INTEGER NOT NULL,
  replaces    INTEGER,${takeColumns}
) STRICT;
CREATE INDEX recordings_of ON recordings(interaction, number);
CREATE TABLE baselines(
  interaction INTEGER NOT NULL,
  position    INTEGER NOT NULL,${takeColumns},
  PRIMARY KEY(interaction, position)
) STRICT;
`;

/** Sessions of older versions have no table of facts. `bytes` are those of rows that have some. */
const factsTable = `
CREATE TABLE facts(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind   TEXT NOT NULL,
  row    TEXT NOT NULL,
  bytes  BLOB
) STRICT;
`;

/** A session that was killed right after it began has no `facts` yet. */
function findForeignSession(database: Database.Database): string | undefined {
  const older = [...schemaOf(tables), ...addedBySqlite];
  return findForeignSchema(database, older) === undefined
    ? undefined
    : findForeignSchema(database, [...older, ...schemaOf(factsTable)]);
}

const addedBySqlite: readonly SchemaEntry[] = [
  {name: 'sqlite_sequence', sql: 'CREATE TABLE sqlite_sequence(name,seq)'},
  {name: 'sqlite_autoindex_baselines_1', sql: null},
];

function prepareSession(path: string, database: Database.Database): SessionFile {
  const hasFacts = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'facts'").get() !== undefined;
  if (!hasFacts) database.exec(factsTable);
  const settings = database.prepare<[], SettingRow>('SELECT name, value FROM settings').all();
  const insertInteraction = database.prepare(
    `INSERT INTO interactions VALUES (@id, @key, @request, @replaces)
     ON CONFLICT(id) DO UPDATE SET replaces = max(replaces, excluded.replaces)`,
  );
  const insertRecording = database.prepare(
    `INSERT INTO recordings(interaction, replaces, chunks, provenance, digest)
     VALUES (@id, @replaces, @chunks, @provenance, @digest)`,
  );
  const insertBaseline = database.prepare(
    'INSERT INTO baselines VALUES (@id, @position, @chunks, @provenance, @digest)',
  );
  const lastNumber = database
    .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'recordings'")
    .pluck();
  const waiting = database
    .prepare<[number], bigint>(
      `SELECT DISTINCT interaction FROM recordings
       WHERE number > (SELECT flushed FROM progress) AND number <= ? ORDER BY interaction`,
    )
    .pluck()
    .safeIntegers();
  const interaction = database.prepare<[bigint], {key: CassetteKey; request: string; replaces: number}>(
    'SELECT key, request, replaces FROM interactions WHERE id = ?',
  );
  const recordings = database.prepare<[bigint, number], TakeRow & {replaces: number | null}>(
    `SELECT replaces, chunks, provenance, digest FROM recordings
     WHERE interaction = ? AND number <= ? ORDER BY number`,
  );
  const baseline = database.prepare<[bigint], TakeRow>(
    'SELECT chunks, provenance, digest FROM baselines WHERE interaction = ? ORDER BY position',
  );
  const setFlushed = database.prepare<[number]>('UPDATE progress SET flushed = ?');
  // Added takes are not needed any more; replacing ones are needed for the next one of their interaction.
  const deleteAdded = database.prepare<[number]>(
    'DELETE FROM recordings WHERE number <= ? AND replaces IS NULL',
  );

  const insertFact = database.prepare<[string, string, Buffer | null]>(
    'INSERT INTO facts(kind, row, bytes) VALUES (?, ?, ?)',
  );
  const lastFact = database
    .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'facts'")
    .pluck();
  const facts = database.prepare<[number], StoredFact>(
    'SELECT kind, row, bytes FROM facts WHERE number <= ? ORDER BY number',
  );
  const deleteFacts = database.prepare<[number]>('DELETE FROM facts WHERE number <= ?');

  const insertFacts = (rows: FactRows) => {
    for (const table of factTables) {
      for (const row of rows[table].values()) {
        const {bytes = null, ...texts} = row as FactRow[FactTable] & {bytes?: Buffer};
        insertFact.run(table, JSON.stringify(texts), bytes);
      }
    }
  };
  const keep = database.transaction(
    (recording: RecordingRow, rows: FactRows, baseline: readonly TakeRow[]) => {
      insertFacts(rows);
      const {key, request, take, replaces} = recording;
      const id = interactionId(key);
      insertInteraction.run({id, key, request, replaces: replaces === undefined ? 0 : 1});
      for (const [position, row] of baseline.entries()) insertBaseline.run({id, position, ...row});
      insertRecording.run({id, replaces: replaces ?? null, ...take});
    },
  );
  const learn = database.transaction(insertFacts);
  const together = database.transaction((work: () => void) => work());
  const markFlushed = database.transaction((upTo: number, factsUpTo: number) => {
    setFlushed.run(upTo);
    deleteAdded.run(upTo);
    deleteFacts.run(factsUpTo);
  });
  return {
    path,
    keySettings: readSettings(path, settings),
    keep: (recording, rows, baseline = []) => keep.immediate(recording, rows, baseline),
    together: work => together.immediate(work),
    learn: rows => learn.immediate(rows),
    get last() {
      return lastNumber.get() ?? 0;
    },
    get lastFact() {
      return lastFact.get() ?? 0;
    },
    facts: upTo => collectFacts(path, facts.all(upTo)),
    waitingIds: upTo => waiting.all(upTo),
    recorded(id, upTo) {
      const found = interaction.get(id);
      return (
        found && {
          key: found.key,
          request: found.request,
          baseline: baseline.all(id),
          recorded: recordings
            .all(id, upTo)
            .map(({replaces, ...take}) => ({take, ...(replaces !== null && {replaces})})),
        }
      );
    },
    hasBaseline: key => interaction.get(interactionId(key))?.replaces === 1,
    markFlushed: (upTo, factsUpTo) => markFlushed.immediate(upTo, factsUpTo),
    close: () => database.close(),
    remove() {
      database.close();
      removeSession(path);
    },
  };
}

type StoredFact = {readonly kind: FactTable; readonly row: string; readonly bytes: Buffer | null};

function collectFacts(path: string, stored: readonly StoredFact[]): FactRows {
  const rows = noFactRows();
  for (const {kind, row, bytes} of stored) {
    if (!factTables.includes(kind))
      throw invalidCassette(path, `has facts of the unknown kind ${kind}`, leftHint);
    addFactRow(rows, kind, {...JSON.parse(row), ...(bytes && {bytes})});
  }
  return rows;
}

function removeSession(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, {force: true});
}
