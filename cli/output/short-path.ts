import {relative} from 'node:path';

/** A path as a person in this folder would write it. */
export function shortPath(path: string, directory: string): string {
  const short = relative(directory, path);
  return short.startsWith('..') ? path : short || '.';
}
