import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {copyCassettes} from './copy-cassettes.js';

/**
 * Lets an operation on cassette files look at cassettes of a database: it gets a copy in a temporary folder, a file for an address that
 * names a cassette, a folder otherwise. Other paths stay as they are.
 * @throws RetakeError `not_found` if there is no cassette at the address
 */
export async function withStoreFiles<Result>(
  places: readonly string[],
  use: (paths: readonly string[]) => Promise<Result>,
): Promise<Result> {
  if (!places.some(isStoreAddress)) return use(places);
  const folder = await mkdtemp(join(tmpdir(), 'retake-store-'));
  try {
    const paths: string[] = [];
    for (const [index, place] of places.entries())
      paths.push(isStoreAddress(place) ? await copyToFiles(place, join(folder, String(index))) : place);
    return await use(paths);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function copyToFiles(address: string, folder: string): Promise<string> {
  const [only] = await copyCassettes({from: address, to: folder});
  return /[?&]cassette=/.test(address) && only ? only.to : folder;
}
