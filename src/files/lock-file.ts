import {truncateSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import Database from 'better-sqlite3';
import {makeFolder} from './make-folder.js';

/** A lock that is held until `release`, or until the process ends for any reason. */
export type HeldLock = {release(): void};

/**
 * Takes the lock at `path`, waiting for its holder. The lock is SQLite's own lock on an empty database: the operating system releases it
 * when its process ends, so a killed process leaves no stale lock, and two processes cannot both take a free one.
 */
export async function acquireLock(path: string, {signal}: {signal?: AbortSignal} = {}): Promise<HeldLock> {
  makeFolder(dirname(path));
  for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
    const lock = tryLock(path);
    if (lock) return lock;
    await sleep(wait, undefined, signal && {signal});
  }
}

/** Takes the lock at `path` if it is free. */
export function tryLock(path: string): HeldLock | undefined {
  const database = new Database(path, {timeout: 0});
  try {
    beginExclusive(database, path);
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return {
    release() {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function beginExclusive(database: Database.Database, path: string): void {
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_NOTADB') throw error;
    // SQLite reads the file only if the lock is free. Its content is not ours; emptying it, instead of deleting it, keeps the file that
    // others have open.
    truncateSync(path);
    database.exec('BEGIN EXCLUSIVE');
  }
}
