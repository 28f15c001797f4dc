import type {Cassette} from '../cassette.js';
import type {DocumentSettings, KeySettings} from '../key/key-settings.js';
import {resolveSettings} from '../rows/settings-rows.js';
import {type CassettePaths, cassettePaths, listSidecars, requireOwnSidecars} from './cassette-paths.js';
import {openCommittedFile} from './committed-file.js';
import {FileCassette} from './file-cassette.js';
import {errorCode} from './file-errors.js';
import {flushSessions} from './flush-sessions.js';

export type CassetteFileOptions = {
  readonly path: string;
  /** Whether a symbolic link may lead to a cassette in another folder. */
  readonly followLinks?: boolean | undefined;
  /** The configured settings that shape keys; the others are as in the cassette, or the default. */
  readonly keySettings?: Partial<KeySettings>;
  /** Document settings for a cassette without documents, unless `keySettings` has them. */
  readonly preferred?: Partial<DocumentSettings>;
  /** Whether takes can be added. A cassette that is only read leaves no trace beside its file. */
  readonly writable: boolean;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  /** Milliseconds from the first unflushed take to the flush into the committed file. */
  readonly flushDelay?: number;
  /** Keeps recordings out of the committed file until the cassette is closed, so that they can be discarded. Default false. */
  readonly holdsRecordings?: boolean | undefined;
  /** Receives sentences for the user that are not errors. */
  readonly log?: (message: string) => void;
};

/**
 * Opens a cassette in a SQLite file; one that does not exist is empty, and is created with its first take. Recordings of killed sessions
 * are merged first.
 * @throws RetakeError `cassette_invalid` when the file cannot be used, `settings_differ` when it was recorded with other settings
 */
export async function openCassetteFile({
  path,
  followLinks,
  keySettings = {},
  preferred = {},
  writable,
  now = Date.now,
  flushDelay = 1000,
  holdsRecordings = false,
  log = () => {},
}: CassetteFileOptions): Promise<Cassette> {
  const paths = cassettePaths(path, {followLinks});
  if (writable) requireOwnSidecars(paths);
  if (writable) await recoverSessions(paths, log);
  else reportLeftSessions(paths, log);
  const committed = openCommittedFile(paths);
  try {
    const settings = resolveSettings(path, committed, {asked: keySettings, preferred});
    const forwardModelIsOpen = !committed && keySettings.forwardModel === undefined;
    const rest = {forwardModelIsOpen, writable, now, flushDelay, holdsRecordings, log};
    return new FileCassette({paths, committed, keySettings: settings, ...rest});
  } catch (error) {
    committed?.close();
    throw error;
  }
}

async function recoverSessions(paths: CassettePaths, log: (message: string) => void): Promise<void> {
  const left = [...listSidecars(paths, 'session'), ...listSidecars(paths, 'temporary')];
  if (left.length > 0) await flushSessions({paths, log});
}

/** A reader cannot open a session file without leaving a trace, so it looks at the process id in the file's name. */
function reportLeftSessions(paths: CassettePaths, log: (message: string) => void): void {
  const left = listSidecars(paths, 'session').filter(session => !isProcessAlive(sessionProcess(session)));
  if (left.length === 0) return;
  const sessions =
    left.length === 1 ? 'A session that was killed' : `${left.length} sessions that were killed`;
  log(
    `${sessions} may have recorded takes that are not in the cassette ${paths.shown}. Start retake once in mode auto or record to add them.`,
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
