import {relative} from 'node:path';

/** A path relative to the folder, if it is below it. */
export function shortPath(path: string, directory: string): string {
  const short = relative(directory, path);
  return short.startsWith('..') ? path : short || '.';
}
