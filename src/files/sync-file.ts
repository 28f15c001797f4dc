import {closeSync, constants, fsync, openSync} from 'node:fs';
import {promisify} from 'node:util';

const sync = promisify(fsync);

/**
 * Waits until a file, or the entries of a folder, are on the disk. Other work goes on: for a large file it takes a second. It uses a
 * descriptor, because the file handles of Yarn's Plug'n'Play have no `sync`.
 */
export async function syncFile(path: string): Promise<void> {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
