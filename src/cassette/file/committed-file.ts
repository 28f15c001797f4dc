import {createHash} from 'node:crypto';
import {closeSync, existsSync, openSync, readSync, type Stats, statSync} from 'node:fs';
import Database from 'better-sqlite3';
import type {RetakeError} from '../../errors.js';
import {fileSignature} from '../../files/file-signature.js';
import type {CassetteKey} from '../key/key.js';
import {type InteractionRow, interactionId} from '../rows/interaction-row.js';
import {invalidCassette} from '../rows/invalid-cassette.js';
import {readSettings, type SettingRow} from '../rows/settings-rows.js';
import type {StoredCassette, StoredInteraction} from '../rows/stored-cassette.js';
import type {TakeRow} from '../rows/take-row.js';
import type {CassettePaths} from './cassette-paths.js';
import {committedFacts} from './committed-facts.js';
import {errorCode} from './file-errors.js';
import {findHeaderProblem, headerLength} from './header.js';
import {holdReads} from './hold-reads.js';
import {cassetteSchema, pageSize} from './schema.js';
import {findSchemaPageProblem, schemaPages} from './schema-pages.js';
import {distrust, EndlessRows, findForeignSchema, sizeOf, withinFile} from './trusted-database.js';

/** The committed file as it was when it was opened. It is only read; a change puts another file in its place. */
export type CommittedFile = StoredCassette & {
  /** Changes when the path gets another file. */
  readonly signature: string;
  /** The number of interactions. */
  count(): number;
  /** The first requests from an id on, in key order. */
  requestsFrom(id: bigint, limit: number): StoredRequest[];
  /** Defects that SQLite finds in the database's structure; reads all of it. */
  findStructureProblems(): string[];
  /** The file stays open until the iteration ends. */
  rows(): Iterable<StoredInteraction>;
  close(): void;
};

export type StoredRequest = {readonly id: bigint} & Pick<InteractionRow, 'key' | 'request'>;

/** Milliseconds. retake only reads the committed file; another program that is writing to it blocks it for this long. */
const lockTimeoutMs = 100;

/**
 * Opens the committed file for reading; undefined if there is none. It reads only the header and the settings, so it takes the same time
 * for any size, and it leaves nothing in the folder.
 * @throws RetakeError `cassette_invalid`
 */
export function openCommittedFile(paths: CassettePaths): CommittedFile | undefined {
  const state = checkedState(paths);
  if (state === undefined) return undefined;
  const database = explained(
    paths,
    () => new Database(paths.file, {readonly: true, fileMustExist: true, timeout: lockTimeoutMs}),
  );
  try {
    const file = explained(paths, () => prepareFile(paths, database, state));
    // The path was read twice, by us and by SQLite: another process may have replaced the file in between.
    if (fileSignature(paths.file) === state.signature) return file;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return openCommittedFile(paths);
}

/**
 * Opens a committed file that is in memory, for instance one of a commit. `shown` is its name in messages.
 * @throws RetakeError `cassette_invalid`
 */
export function openCommittedBytes(shown: string, bytes: Buffer): CommittedFile {
  const place = {shown};
  requireSoundStart(
    place,
    startOf((offset, length) => bytes.subarray(offset, offset + length)),
    bytes.length,
  );
  const database = explained(place, () => new Database(bytes, {readonly: true}));
  try {
    const signature = createHash('sha256').update(bytes).digest('hex');
    return explained(place, () => prepareFile(place, database, {signature, size: bytes.length}));
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The name of a file in messages. */
type Place = Pick<CassettePaths, 'shown'>;

function prepareFile(paths: Place, database: Database.Database, {signature, size}: FileState): CommittedFile {
  requireOwnSchema(paths, database);
  const settings = database.prepare<[], SettingRow>('SELECT name, value FROM settings ORDER BY name');
  const interaction = database.prepare<[bigint], Pick<InteractionRow, 'key' | 'request'>>(
    'SELECT key, request FROM interactions WHERE id = ?',
  );
  // SQLite prepares a statement again each time that a parameter of its LIMIT is bound, or one that is compared with an indexed column. An
  // expression such as `+?` prevents that: https://sqlite.org/c3ref/prepare.html
  const takes = database.prepare<[bigint], TakeRow>(
    'SELECT chunks, provenance, digest FROM takes WHERE interaction = +? ORDER BY position',
  );
  const firstTakes = database.prepare<[bigint], TakeRow>(
    `SELECT chunks, provenance, digest FROM takes WHERE interaction = +? ORDER BY position LIMIT ${fewTakes + 1}`,
  );
  const count = database
    .prepare<[number], number>('SELECT count(*) FROM (SELECT 1 FROM interactions LIMIT ?)')
    .pluck();
  const bounded = <Row extends object>(rows: Iterable<Row>) => withinFile(rows, size);
  const requests = database
    .prepare<[bigint, number], StoredRequest>(
      'SELECT id, key, request FROM interactions WHERE id >= ? ORDER BY id LIMIT ?',
    )
    .safeIntegers();
  const all = database
    .prepare<[], JoinedRow>(
      `SELECT id, key, request, chunks, provenance, digest
       FROM interactions LEFT JOIN takes ON interaction = id ORDER BY id, position`,
    )
    .safeIntegers();
  const reading = holdReads(database);
  const findById = (id: bigint): InteractionRow | undefined =>
    explained(paths, () => {
      reading.begin();
      const row = interaction.get(id);
      if (!row) return undefined;
      const first = firstTakes.all(id);
      const all = first.length <= fewTakes ? first : [...bounded(takes.iterate(id))];
      return {key: row.key, request: row.request, takes: all};
    });
  const facts = committedFacts(database, {bounded, explained: read => explained(paths, read)});
  return {
    signature,
    keySettings: readSettings(paths.shown, [...bounded(settings.iterate())]),
    hasDocuments: facts.hasRenders,
    facts,
    findById,
    find: key => findRow(paths, key, findById),
    count: () => explained(paths, () => count.get(size) ?? 0),
    requestsFrom: (id, limit) => explained(paths, () => [...bounded(requests.iterate(id, limit))]),
    findStructureProblems: () => findStructureProblems(database),
    rows: () => groupTakes(paths, all, size),
    close() {
      reading.end();
      database.close();
    },
  };
}

/** So many takes are read at once. More of them are counted against the size of the file: see {@link withinFile}. */
const fewTakes = 8;

/** A file whose header looks right may still hold views and triggers of a stranger. */
function requireOwnSchema({shown}: Place, database: Database.Database): void {
  distrust(database);
  const version = Number(database.pragma('user_version', {simple: true}));
  const problem = findForeignSchema(database, cassetteSchema(version));
  if (problem) throw invalidCassette(shown, `was changed by another program: it ${problem}`);
}

type JoinedRow = {id: bigint; key: CassetteKey; request: string} & (TakeRow | {chunks: null});

function findStructureProblems(database: Database.Database): string[] {
  const problems = database
    .prepare<[], string>('PRAGMA integrity_check(20)')
    .pluck()
    .all()
    .filter(problem => problem !== 'ok');
  if (problems.length > 0) return problems;
  const orphans = database
    .prepare<[], number>('SELECT count(*) FROM takes WHERE interaction NOT IN (SELECT id FROM interactions)')
    .pluck()
    .get();
  return orphans ? [`${orphans} takes belong to no interaction`] : [];
}

function findRow(
  paths: Place,
  key: CassetteKey,
  findById: (id: bigint) => InteractionRow | undefined,
): InteractionRow | undefined {
  const id = interactionId(key);
  const row = findById(id);
  if (!row || row.key === key) return row;
  if (/^\d+:[0-9a-f]{64}$/.test(row.key) && interactionId(row.key) === id) return undefined;
  throw invalidCassette(paths.shown, `is damaged: the row ${id} should hold ${key}, and holds ${row.key}`);
}

function* groupTakes(
  paths: Place,
  joined: Database.Statement<[], JoinedRow>,
  size: number,
): Iterable<StoredInteraction> {
  let current: (StoredInteraction & {row: {takes: TakeRow[]}}) | undefined;
  try {
    for (const joint of withinFile(joined.iterate(), size, measureJoint())) {
      const {id, key, request} = joint;
      if (current?.id !== id) {
        if (current) yield current;
        current = {id, row: {key, request, takes: []}};
      }
      if (joint.chunks === null) continue;
      const {chunks, provenance, digest} = joint;
      current.row.takes.push({chunks, provenance, digest});
    }
  } catch (cause) {
    throw explain(paths, cause);
  }
  if (current) yield current;
}

type FileState = {readonly signature: string; readonly size: number};

/** The size of joined rows. An interaction stands in the row of each of its takes, and in the file once. */
function measureJoint(): (row: JoinedRow) => number {
  let current: bigint | undefined;
  return row => {
    const isNew = row.id !== current;
    current = row.id;
    const take = row.chunks === null ? 1 : sizeOf(row.chunks) + sizeOf(row.provenance) + sizeOf(row.digest);
    return take + (isNew ? sizeOf(row.key) + sizeOf(row.request) : 0);
  };
}

/** The state of the file at the path, after a check of its header; undefined if there is none. */
function checkedState(paths: CassettePaths): FileState | undefined {
  const {file, shown} = paths;
  const stat = statOf(paths);
  if (!stat) return undefined;
  if (!stat.isFile()) {
    const hint = 'Name a file, or for a folder of cassettes a path that does not end in .cassette.';
    throw invalidCassette(shown, 'is a folder or a device, not a file', hint);
  }
  const signature = fileSignature(file);
  const pages = readStart(shown, file);
  // If the file was replaced in between, the size belongs to one file and the header to the other.
  if (signature === undefined || fileSignature(file) !== signature) return checkedState(paths);
  requireSoundStart(paths, pages, stat.size);
  requireNoJournal(paths);
  return {signature, size: stat.size};
}

function requireSoundStart({shown}: Place, {start, schema}: FileStart, size: number): void {
  const problem = findHeaderProblem(start, size) ?? findSchemaPageProblem(schema);
  if (problem) throw invalidCassette(shown, problem.problem, problem.hint);
}

function statOf({file, shown}: CassettePaths): Stats | undefined {
  try {
    return statSync(file, {throwIfNoEntry: false});
  } catch (cause) {
    throw unreadable(shown, cause);
  }
}

/** SQLite would play a journal back into the cassette. retake writes none: it replaces the file as a whole. */
function requireNoJournal({file, shown}: CassettePaths): void {
  const journal = `${file}-journal`;
  if (!existsSync(journal)) return;
  throw invalidCassette(
    shown,
    `cannot be used while ${journal} is beside it: another program was changing the cassette`,
    'End that program. If the file stays, delete it: retake never writes one.',
  );
}

type FileStart = {readonly start: Buffer; readonly schema: readonly Buffer[]};

function startOf(read: (offset: number, length: number) => Buffer): FileStart {
  const first = read(0, pageSize);
  const schema = schemaPages(first, number => read((number - 1) * pageSize, pageSize));
  return {start: first.subarray(0, headerLength), schema};
}

function readStart(shown: string, file: string): FileStart {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return startOf((offset, length) => {
        const bytes = Buffer.alloc(length);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
      });
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw unreadable(shown, cause);
  }
}

function explained<Result>(paths: Place, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw explain(paths, cause);
  }
}

/** An error of SQLite as a sentence about the cassette. */
function explain({shown}: Place, cause: unknown): unknown {
  if (cause instanceof EndlessRows) {
    return invalidCassette(shown, 'is damaged: its pages refer to each other without end', undefined, cause);
  }
  if (!(cause instanceof Database.SqliteError)) return cause;
  if (/^SQLITE_(CANTOPEN|PERM|AUTH|IOERR|BUSY)/.test(cause.code)) return unreadable(shown, cause);
  return invalidCassette(shown, `is damaged: ${cause.message}`, undefined, cause);
}

function unreadable(shown: string, cause: unknown): RetakeError {
  const code = errorCode(cause);
  const hint = code.startsWith('SQLITE_BUSY')
    ? 'Another program has it open for writing: close that.'
    : 'Give this user the right to read it, or name another cassette.';
  return invalidCassette(shown, `cannot be read (${code})`, hint, cause);
}
