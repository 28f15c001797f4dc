import {mkdir, mkdtemp, open, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/*
 * How the cache folder is laid out:
 *   engines/<name>-<digest of its pins>/    a virtual environment, receipt.json
 *   models/<digest>/                        one file, receipt.json
 *   partial/                                what is being made or fetched, never used from there
 *   set-up.lock
 */

const receiptName = 'receipt.json';

/** A new folder on the disk of the finished ones, so that it can be renamed into place. Removes what killed set-ups of its kind left. */
export async function stagingFolder(cacheFolder: string, kind: string): Promise<string> {
  const folder = join(cacheFolder, 'partial', kind);
  await rm(folder, {recursive: true, force: true});
  await mkdir(folder, {recursive: true});
  return mkdtemp(join(folder, 'new-'));
}

/**
 * Puts a finished folder into its place, with a receipt of what is in it. The receipt is written last and reaches the disk before the
 * rename: a folder without one, whatever stopped its making, counts as not installed.
 */
export async function publishFolder(staging: string, place: string, receipt: unknown): Promise<void> {
  const receiptPath = join(staging, receiptName);
  await writeFile(receiptPath, `${JSON.stringify(receipt, null, 2)}\n`);
  await flushToDisk(receiptPath);
  await mkdir(dirname(place), {recursive: true});
  await rm(place, {recursive: true, force: true});
  await rename(staging, place);
  if (process.platform !== 'win32') await flushToDisk(dirname(place));
}

/** The receipt of an installed folder; undefined when it is not there or not readable as one. */
export async function readReceipt(place: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(place, receiptName), 'utf8'));
  } catch {
    // Absent or torn: the folder is made again, and whatever is wrong with the disk is met and told there.
    return undefined;
  }
}

export async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
