import {randomBytes} from 'node:crypto';
import {lstatSync, readdirSync, realpathSync, writeFileSync} from 'node:fs';
import {basename, dirname, isAbsolute, join, relative, resolve} from 'node:path';
import {RetakeError} from '../../errors.js';
import {makeFolder} from '../../files/make-folder.js';
import {invalidCassette} from '../rows/invalid-cassette.js';
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

export type PathOptions = {
  /** Whether a symbolic link may lead to a cassette in another folder. */
  readonly followLinks?: boolean | undefined;
};

/** @throws RetakeError `cassette_invalid` if the path is a link that must not be followed */
export function cassettePaths(path: string, {followLinks = false}: PathOptions = {}): CassettePaths {
  const file = resolveLinks(resolve(path));
  if (!followLinks) requireSameFolder(path, file);
  const sidecars = join(dirname(file), sidecarFolder);
  return {
    shown: path,
    name: cassetteName(path),
    file,
    sidecars,
    lock: join(sidecars, `${basename(file)}.lock`),
  };
}

/** A link in a checkout could lead anywhere, and recording would write there. */
function requireSameFolder(path: string, file: string): void {
  if (!isSymbolicLink(path)) return;
  const within = relative(resolveLinks(dirname(resolve(path))), file);
  if (within !== '' && !within.startsWith('..') && !isAbsolute(within)) return;
  throw invalidCassette(
    path,
    `is a link to ${file}, outside its folder`,
    'If that is intended, set the option `followLinks`, or name the file itself.',
  );
}

/** The name of the cassette at a path: the file's name without `.cassette`. */
export function cassetteName(path: string): string {
  return basename(path, cassetteExtension);
}

/** Creates the folder for the sidecar files, with a .gitignore that also covers itself. */
export function createSidecarFolder(paths: CassettePaths): void {
  const {sidecars} = paths;
  requireOwnSidecars(paths);
  makeFolder(sidecars);
  try {
    writeFileSync(join(sidecars, '.gitignore'), '*\n', {flag: 'wx'});
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/**
 * Makes sure that nothing is written through a link: a checkout could have one in the place of the folder or of the lock.
 * @throws RetakeError `cassette_write_failed`
 */
export function requireOwnSidecars({shown, sidecars, lock}: CassettePaths): void {
  const link = [sidecars, lock].find(path => isSymbolicLink(path));
  if (link === undefined) return;
  throw new RetakeError(
    'cassette_write_failed',
    `The cassette ${shown} cannot be written: ${link} is a symbolic link, and retake writes its temporary files only beside the cassette.`,
    {hint: 'Delete the link; retake creates the folder itself.'},
  );
}

function isSymbolicLink(path: string): boolean {
  try {
    return lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() ?? false;
  } catch (error) {
    // The folder is a file: creating something in it gets its own error.
    if (errorCode(error) === 'ENOTDIR') return false;
    throw error;
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
  if (isSymbolicLink(sidecars)) return [];
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
    if (errorCode(error) === 'ELOOP') {
      throw invalidCassette(path, 'is a link that leads back to itself', 'Delete the link.', error);
    }
    if (!/^(ENOENT|ENOTDIR|EACCES)$/.test(errorCode(error))) throw error;
    const parent = dirname(path);
    return parent === path ? path : join(resolveLinks(parent), basename(path));
  }
}
