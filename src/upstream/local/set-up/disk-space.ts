import {statfs} from 'node:fs/promises';
import {makeFolder} from '../../../files/make-folder.js';
import {setUpError} from './set-up-error.js';

/**
 * Checks that the disk of a folder has room for so many bytes.
 * @throws RetakeError `setup_failed` with the missing space
 */
export async function requireSpace(folder: string, bytes: number, what: string): Promise<void> {
  makeFolder(folder);
  const {bavail, bsize} = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const megabytes = (size: number) => Math.ceil(size / 1e6);
  throw setUpError(
    `Installing ${what} takes ${megabytes(bytes)} MB, but the disk that holds ${folder} has ${megabytes(free)} MB free`,
    'Free some space, or set the option `upstream.cacheDir` to a folder on another disk; then try again.',
  );
}
