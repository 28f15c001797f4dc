import {mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {makeFolder} from '../../../files/make-folder.js';
import {syncFile} from '../../../files/sync-file.js';

/*
 * The layout of the cache folder:
 *   engines/<name>-<digest of its pins>/    a virtual environment, receipt.json
 *   models/<digest>/                        one file, receipt.json
 *   partial/                                unfinished folders and downloads, never used from here
 *   set-up.lock
 */

const receiptName = 'receipt.json';

/** Creates a folder on the same disk as the finished ones, so that it can be renamed. Removes what killed set-ups left. */
export async function stagingFolder(cacheFolder: string, kind: string): Promise<string> {
  const folder = join(cacheFolder, 'partial', kind);
  await rm(folder, {recursive: true, force: true});
  makeFolder(folder);
  return mkdtemp(join(folder, 'new-'));
}

/**
 * Moves a finished folder into place, with a receipt of its content. The receipt is written last and is on disk before the rename: a
 * folder without a receipt counts as not installed.
 */
export async function publishFolder(staging: string, place: string, receipt: unknown): Promise<void> {
  const receiptPath = join(staging, receiptName);
  await writeFile(receiptPath, `${JSON.stringify(receipt, null, 2)}\n`);
  await syncFile(receiptPath);
  makeFolder(dirname(place));
  await rm(place, {recursive: true, force: true});
  await rename(staging, place);
  if (process.platform !== 'win32') await syncFile(dirname(place));
}

/** The receipt of an installed folder; undefined if it is missing or damaged. */
export async function readReceipt(place: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(place, receiptName), 'utf8'));
  } catch {
    // Missing or damaged: the folder is created again, which reports any failure of the disk.
    return undefined;
  }
}
