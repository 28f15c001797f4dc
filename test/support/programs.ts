import {accessSync, constants, readdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** A program of a server: on PATH, or where Debian puts those that are not; undefined if it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, '/usr/sbin', '/usr/local/sbin', ...postgresFolders()]
    .map(folder => join(folder, name))
    .find(isExecutable);
}

const postgresRoot = '/usr/lib/postgresql';

function postgresFolders(): string[] {
  try {
    return readdirSync(postgresRoot)
      .sort((a, b) => Number(b) - Number(a))
      .map(version => join(postgresRoot, version, 'bin'));
  } catch {
    // Debian's packages are not installed.
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there.
    return false;
  }
}
