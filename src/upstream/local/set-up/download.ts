import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {makeFolder} from '../../../files/make-folder.js';
import {fileDigest} from './digest.js';
import {hostOf} from './download-failure.js';
import type {DownloadOptions} from './download-options.js';
import {partLength, removePart} from './part-file.js';
import {setUpError} from './set-up-error.js';
import {transfer} from './transfer.js';

const maximumFailures = 5;
/** A transfer of so many bytes does not count as a failure: a large file over a bad connection needs many transfers. */
const sufficientProgress = 1 << 20;

/**
 * Downloads a file to `part` and checks its digest. It retries after a lost connection, 5xx, 408 and 429, and continues where an earlier
 * download stopped. A file that fails the check is removed.
 * @throws RetakeError `setup_failed`; a partial file stays for the next download
 */
export async function download(options: DownloadOptions): Promise<void> {
  makeFolder(dirname(options.part));
  const first = await fetchAndCheck(options);
  if (first.digest === options.sha256) return;
  // The pieces may belong to two versions of the file, or the server may have sent a wrong range.
  const {digest} = first.inPieces ? await fetchAndCheck(options) : first;
  if (digest === options.sha256) return;
  throw setUpError(
    `The ${options.what} from ${hostOf(options.url)} has the sha-256 ${digest}, expected ${options.sha256}`,
    'The file at that address has changed, or was modified on its way. It was deleted: try again, or choose another model.',
  );
}

async function fetchAndCheck(options: DownloadOptions): Promise<{digest: string; inPieces: boolean}> {
  const {part, sha256, what, onProgress, signal} = options;
  const inPieces = await fetchWhole(options);
  const done = await partLength(part);
  onProgress({what, done, total: done, note: 'checking'});
  const digest = await fileDigest(part, signal);
  if (digest !== sha256) await removePart(part);
  return {digest, inPieces};
}

/** @returns whether the file comes from more than one transfer */
async function fetchWhole(options: DownloadOptions): Promise<boolean> {
  const {part, signal, firstDelay = 500} = options;
  let inPieces = (await partLength(part)) > 0;
  for (let failures = 0; ; ) {
    const before = await partLength(part);
    const end = await transfer(options);
    if (end.isComplete) return inPieces;
    const gained = (await partLength(part)) - before;
    inPieces ||= gained > 0;
    failures = gained >= sufficientProgress ? 1 : failures + 1;
    if (!end.canRetry || failures >= maximumFailures) throw end.error;
    await sleep(firstDelay * 2 ** (failures - 1), undefined, signal && {signal});
  }
}
