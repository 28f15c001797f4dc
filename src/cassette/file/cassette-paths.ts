import {randomBytes} from 'node:crypto';
import {mkdirSync, readdirSync, realpathSync, writeFileSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {errorCode} from './file-errors.js';

export const cassetteExtension = '.cassette';
const sidecarFolder = '.retake';

/** The path of a cassette, and those of its files in `.retake/` beside it, a folder that git ignores. */
export type CassettePaths = {
  /** As the user wrote it, for messages. */
  readonly shown: string;
  readonly name: string;
  /** Without symbolic links, so that all processes use the same lock. */
  readonly file: string;
  readonly sidecars: string;
  readonly lock: string;
};

export function cassettePaths(path: string): CassettePaths {
  const file = resolveLinks(resolve(path));
  const sidecars = join(dirname(file), sidecarFolder);
  return {
    shown: path,
    name: cassetteName(path),
    file,
    sidecars,
    lock: join(sidecars, `${basename(file)}.lock`),
  };
}

/** The name of the cassette at a path: the file's name without `.cassette`. */
export function cassetteName(path: string): string {
  return basename(path, cassetteExtension);
}

/** Creates the folder for the sidecar files, with a .gitignore that also covers itself. */
export function createSidecarFolder({sidecars}: CassettePaths): void {
  mkdirSync(sidecars, {recursive: true});
  try {
    writeFileSync(join(sidecars, '.gitignore'), '*\n', {flag: 'wx'});
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

export type SidecarKind = 'session' | 'temporary';

/** A path in the sidecar folder that no other process and no other cassette uses. */
export function newSidecar({file, sidecars}: CassettePaths, kind: SidecarKind): string {
  return join(sidecars, `${basename(file)}.${process.pid}-${randomBytes(4).toString('hex')}.${kind}`);
}

/** The sidecar files of a kind, of all processes. */
export function listSidecars({file, sidecars}: CassettePaths, kind: SidecarKind): string[] {
  const prefix = `${basename(file)}.`;
  return namesIn(sidecars)
    .filter(name => name.startsWith(prefix) && sidecarNames[kind].test(name.slice(prefix.length)))
    .sort()
    .map(name => join(sidecars, name));
}

/** SQLite adds suffixes to the names of temporary files. */
const sidecarNames: {readonly [kind in SidecarKind]: RegExp} = {
  session: /^\d+-[0-9a-f]{8}\.session$/,
  temporary: /^\d+-[0-9a-f]{8}\.temporary(-journal)?$/,
};

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (/^(ENOENT|ENOTDIR|EACCES)$/.test(errorCode(error))) return [];
    throw error;
  }
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!/^(ENOENT|ENOTDIR|EACCES)$/.test(errorCode(error))) throw error;
    const parent = dirname(path);
    return parent === path ? path : join(resolveLinks(parent), basename(path));
  }
}
