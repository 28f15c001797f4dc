import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileDigest} from './digest.js';
import {hostOf} from './download-failure.js';
import type {DownloadOptions} from './download-options.js';
import {partLength, removePart} from './part-file.js';
import {setUpError} from './set-up-error.js';
import {transfer} from './transfer.js';

const maximumFailures = 5;
/** A transfer that brought so many bytes before it ended was no failure: a long file over a bad line comes in many pieces. */
const progressThatCounts = 1 << 20;

/**
 * Fetches a file to `part` and checks its digest. Repeats what may pass (a lost connection, 5xx, 408, 429) and continues where an
 * ended try stopped. A file that fails the check is removed.
 * @throws RetakeError `setup_failed`; what was fetched stays for the next try unless it is wrong
 */
export async function download(options: DownloadOptions): Promise<void> {
  await mkdir(dirname(options.part), {recursive: true});
  const first = await fetchAndCheck(options);
  if (first.digest === options.sha256) return;
  // Pieces may be of two files when the one at the address was replaced in between, or when the server cuts them wrongly.
  const {digest} = first.inPieces ? await fetchAndCheck(options) : first;
  if (digest === options.sha256) return;
  throw setUpError(
    `The ${options.what} from ${hostOf(options.url)} has the sha-256 ${digest}, expected ${options.sha256}`,
    'The file at that address is another one or was changed on its way, and nothing of it was kept: try again, or choose another model.',
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

/** @returns whether more than one transfer contributed */
async function fetchWhole(options: DownloadOptions): Promise<boolean> {
  const {part, signal, firstDelay = 500} = options;
  let inPieces = (await partLength(part)) > 0;
  for (let failures = 0; ; ) {
    const before = await partLength(part);
    const end = await transfer(options);
    if (end.isComplete) return inPieces;
    const gained = (await partLength(part)) - before;
    inPieces ||= gained > 0;
    failures = gained >= progressThatCounts ? 1 : failures + 1;
    if (!end.canPass || failures >= maximumFailures) throw end.error;
    await sleep(firstDelay * 2 ** (failures - 1), undefined, signal && {signal});
  }
}
