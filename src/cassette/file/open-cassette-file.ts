import type {Cassette} from '../cassette.js';
import type {DocumentSettings, KeySettings} from '../key/key-settings.js';
import {resolveSettings} from '../rows/settings-rows.js';
import {type CassettePaths, cassettePaths, listSidecars} from './cassette-paths.js';
import {openCommittedFile} from './committed-file.js';
import {FileCassette} from './file-cassette.js';
import {errorCode} from './file-errors.js';
import {flushSessions} from './flush-sessions.js';

export type CassetteFileOptions = {
  readonly path: string;
  /** What the configuration says of the settings that shape keys; what it leaves open is as in the cassette, or the default. */
  readonly keySettings?: Partial<KeySettings>;
  /** How documents become pages in a cassette that has none yet, as far as `keySettings` leave it open. */
  readonly preferred?: Partial<DocumentSettings>;
  /** Whether takes can be added. A cassette that is only read leaves no trace beside its file. */
  readonly writable: boolean;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  /** Milliseconds from the first unflushed take to the flush into the committed file. */
  readonly flushDelay?: number;
  /** Gets sentences for the user about what cannot be told by an error. */
  readonly log?: (message: string) => void;
};

/**
 * Opens a cassette kept in a SQLite file; one that does not exist is empty, and is created when it gets its first take. What sessions
 * that were killed have recorded is brought in first.
 * @throws RetakeError `cassette_invalid` when the file cannot be used, `settings_differ` when it was recorded with other settings
 */
export async function openCassetteFile({
  path,
  keySettings = {},
  preferred = {},
  writable,
  now = Date.now,
  flushDelay = 1000,
  log = () => {},
}: CassetteFileOptions): Promise<Cassette> {
  const paths = cassettePaths(path);
  if (writable) await recoverSessions(paths, log);
  else reportLeftSessions(paths, log);
  const committed = openCommittedFile(paths);
  try {
    const settings = resolveSettings(path, committed, {asked: keySettings, preferred});
    return new FileCassette({paths, committed, keySettings: settings, writable, now, flushDelay, log});
  } catch (error) {
    committed?.close();
    throw error;
  }
}

async function recoverSessions(paths: CassettePaths, log: (message: string) => void): Promise<void> {
  const left = [...listSidecars(paths, 'session'), ...listSidecars(paths, 'temporary')];
  if (left.length > 0) await flushSessions({paths, log});
}

/** Who only reads cannot open a session file without leaving a trace: the process id in its name must do. */
function reportLeftSessions(paths: CassettePaths, log: (message: string) => void): void {
  const left = listSidecars(paths, 'session').filter(session => !isProcessAlive(sessionProcess(session)));
  if (left.length === 0) return;
  const sessions =
    left.length === 1 ? 'A session that was killed' : `${left.length} sessions that were killed`;
  log(
    `${sessions} may have recorded takes that the cassette ${paths.shown} lacks. Start retake once in the mode auto or record: it brings them in.`,
  );
}

function sessionProcess(session: string): number {
  return Number(/(\d+)-[0-9a-f]+\.session$/.exec(session)?.[1] ?? 0);
}

function isProcessAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
