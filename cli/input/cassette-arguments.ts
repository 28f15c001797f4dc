import {realpathSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Cassette} from '../../src/cassette/cassette.js';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {concealPassword, isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {cassettesOfStore, openForReading} from '../../src/cassette/stores/open-cassettes.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {shortPath} from '../output/short-path.js';
import type {Invocation} from './invocation.js';

/**
 * The cassette files of the arguments: each file, and the files of each folder; by default those of the configured cassette.
 * @throws RetakeError `not_found` if there are none
 */
export function findCassettes(
  paths: readonly string[],
  config: Config,
  {directory}: Invocation,
): readonly string[] {
  const store = (paths.length > 0 ? paths : [config.cassette]).find(isStoreAddress);
  if (store !== undefined) {
    throw new RetakeError(
      'invalid_setting',
      `Expected cassette files, got the database ${concealPassword(store)}`,
      {
        hint: 'This command changes files only. Copy the cassette into a file with `retake copy`, change that, and copy it back into another cassette.',
      },
    );
  }
  const named = paths.length > 0 ? paths.map(path => resolve(directory, path)) : [config.cassette];
  const files = named.flatMap(path => {
    const found = cassetteFilesAt(path);
    if (found && found.length > 0) return found;
    throw new RetakeError(
      'not_found',
      `There is no cassette ${found ? 'in' : 'at'} ${shortPath(path, directory)}`,
      {
        hint: 'Give a cassette file or folder, or record one with `retake run -- COMMAND`.',
      },
    );
  });
  return files.map(path => shortPath(config.followLinks ? realpathSync(path) : path, directory));
}

/**
 * The same for a command that only looks at cassettes: they may also be those of a database.
 * @throws RetakeError `not_found` if there are none
 */
export async function findAnyCassettes(
  places: readonly string[],
  config: Config,
  invocation: Invocation,
): Promise<readonly string[]> {
  const named = places.length > 0 ? places : [config.cassette];
  const found: string[] = [];
  for (const place of named) {
    if (!isStoreAddress(place)) {
      found.push(...findCassettes([place], config, invocation));
      continue;
    }
    const cassettes = await cassettesOfStore(concealPassword(place));
    if (cassettes.length === 0)
      throw new RetakeError('not_found', `There is no cassette at ${concealPassword(place)}`);
    found.push(...cassettes);
  }
  return found;
}

/** Opens a cassette for reading, and closes it. */
export async function readCassette<Result>(
  place: string,
  read: (cassette: Cassette) => Promise<Result>,
): Promise<Result> {
  const cassette = await openForReading(place);
  try {
    return await read(cassette);
  } finally {
    await cassette.close();
  }
}
