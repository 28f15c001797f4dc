import {relative} from 'node:path';
import {isStoreAddress} from '../../src/cassette/postgres/store-address.js';

/** A path relative to the folder, if it is below it. The address of a database stays as it is. */
export function shortPath(path: string, directory: string): string {
  if (isStoreAddress(path)) return path;
  const short = relative(directory, path);
  return short.startsWith('..') ? path : short || '.';
}
