import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';

/**
 * The git pathspec of a path: the file or folder with that name if it exists, otherwise a pattern in which `*` matches anything but `/`,
 * and `**` any folders.
 */
export function pathspec(path: string, directory: string): string {
  const isPattern = /[*?[]/.test(path) && !existsSync(resolve(directory, path));
  return isPattern ? join(literal(resolve(directory)), path) : literal(resolve(directory, path));
}

/** Escapes the special characters of a pattern. */
function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, '\\$&');
}
