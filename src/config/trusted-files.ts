import {createHash} from 'node:crypto';
import {readFileSync, realpathSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import {RetakeError} from '../errors.js';
import {makeFolder} from '../files/make-folder.js';
import {writeTextAtomically} from '../files/write-atomically.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the user has allowed what a configuration file says. That holds for the file's present content at its present place, so a changed
 * file is asked about again.
 */
export function isTrusted(path: string, environment: Environment): boolean {
  return entries(environment).includes(entryOf(path));
}

/** Allows what a file says. Returns false if it was allowed already. */
export async function trustFile(path: string, environment: Environment): Promise<boolean> {
  const known = entries(environment);
  const entry = entryOf(path);
  if (known.includes(entry)) return false;
  await write(environment, [...known, entry]);
  return true;
}

/** Takes that back. Returns false if it was not allowed. */
export async function distrustFile(path: string, environment: Environment): Promise<boolean> {
  const known = entries(environment);
  const entry = entryOf(path);
  if (!known.includes(entry)) return false;
  await write(
    environment,
    known.filter(other => other !== entry),
  );
  return true;
}

/** The list is a file of the user, never in the project: a checkout must not be able to bring it along. */
function listPath({XDG_STATE_HOME, LOCALAPPDATA, HOME}: Environment): string {
  if (XDG_STATE_HOME) return join(XDG_STATE_HOME, 'retake', 'trusted');
  const home = HOME || homedir();
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'retake', 'trusted');
  return join(home, '.local', 'state', 'retake', 'trusted');
}

function entryOf(path: string): string {
  const place = realpathSync(path);
  return createHash('sha256').update(`${place}\n`).update(readFileSync(place)).digest('hex');
}

function entries(environment: Environment): readonly string[] {
  try {
    return readFileSync(listPath(environment), 'utf8').split('\n').filter(Boolean);
  } catch {
    // Without a readable list nothing is trusted, which is safe.
    return [];
  }
}

async function write(environment: Environment, lines: readonly string[]): Promise<void> {
  const path = listPath(environment);
  try {
    makeFolder(dirname(path), {mode: 0o700});
    await writeTextAtomically(path, lines.map(line => `${line}\n`).join(''), {mode: 0o600});
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_setting', `The list of trusted files cannot be written: ${reason}`, {
      hint: 'Set XDG_STATE_HOME to a folder that you can write to.',
      cause,
    });
  }
}
