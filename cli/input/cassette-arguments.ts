import {realpathSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Cassette} from '../../src/cassette/cassette.js';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {openCassetteFile as openCassette} from '../../src/cassette/file/open-cassette-file.js';
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

/** Opens a cassette for reading, and closes it. */
export async function readCassette<Result>(
  path: string,
  read: (cassette: Cassette) => Promise<Result>,
): Promise<Result> {
  const cassette = await openCassette({path, writable: false});
  try {
    return await read(cassette);
  } finally {
    await cassette.close();
  }
}
