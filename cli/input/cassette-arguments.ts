import {realpathSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Cassette} from '../../src/cassette/cassette.js';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {
  concealPassword,
  databaseOf,
  isStoreAddress,
  parseStoreAddress,
} from '../../src/cassette/postgres/store-address.js';
import {cassettesOfStore, openForReading} from '../../src/cassette/stores/open-cassettes.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {shortPath} from '../output/short-path.js';
import type {Invocation} from './invocation.js';

/**
 * The cassettes of the arguments: each file, the files of each folder, and those of each database; by default those of the configured
 * place.
 * @throws RetakeError `not_found` if there are none
 */
export async function findCassettes(
  places: readonly string[],
  config: Config,
  {directory}: Invocation,
): Promise<readonly string[]> {
  const named = places.length > 0 ? places : [config.cassette];
  const found: string[] = [];
  for (const place of named) {
    if (isStoreAddress(place)) found.push(...(await cassettesAt(concealPassword(place))));
    else found.push(...filesAt(resolve(directory, place), config, directory));
  }
  return found;
}

async function cassettesAt(address: string): Promise<readonly string[]> {
  const cassettes = await cassettesOfStore(address);
  if (cassettes.length > 0) return cassettes;
  const parsed = parseStoreAddress(address);
  const others = parsed.cassette === undefined ? [] : await cassettesOfStore(databaseOf(parsed));
  const names = others.map(other => parseStoreAddress(other).cassette).join(', ');
  throw new RetakeError('not_found', `There is no cassette at ${address}`, {
    hint:
      names === ''
        ? 'The database has no cassettes yet: record with `retake run -- COMMAND`, or fill it with `retake copy`.'
        : `The database has the cassettes ${names}.`,
  });
}

function filesAt(path: string, {followLinks}: Config, directory: string): readonly string[] {
  const found = cassetteFilesAt(path);
  if (found && found.length > 0)
    return found.map(file => shortPath(followLinks ? realpathSync(file) : file, directory));
  throw new RetakeError(
    'not_found',
    `There is no cassette ${found ? 'in' : 'at'} ${shortPath(path, directory)}`,
    {
      hint: 'Give a cassette file or folder, or record one with `retake run -- COMMAND`.',
    },
  );
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
