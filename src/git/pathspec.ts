import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';

/**
 * What git calls the files that a path means: the file or folder of that name, else all that match it as a pattern, in which `*` is
 * anything but `/`, and `**` any folders.
 */
export function pathspec(path: string, directory: string): string {
  const isPattern = /[*?[]/.test(path) && !existsSync(resolve(directory, path));
  return isPattern ? join(literal(resolve(directory)), path) : literal(resolve(directory, path));
}

/** A name whose characters mean themselves. */
function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, '\\$&');
}
