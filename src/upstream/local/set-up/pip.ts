import {readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {makeFolder} from '../../../files/make-folder.js';
import {pipFailure} from './pip-failure.js';

export type PipOptions = {
  /** The Python whose pip runs. */
  readonly python: string;
  /** pip's own command and arguments. */
  readonly arguments: readonly string[];
  /** A private folder for pip's downloads. They stay there after a failure, for a retry. */
  readonly scratch: string;
  /** What pip installs, for error messages. */
  readonly what: string;
  readonly onBytes: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
};

const progressIntervalMs = 200;

/**
 * Runs pip with pinned wheels only.
 * @throws RetakeError `setup_failed`
 */
export async function runPip({
  python,
  arguments: given,
  scratch,
  what,
  onBytes,
  signal,
}: PipOptions): Promise<void> {
  const temporary = join(scratch, 'tmp');
  const cache = join(scratch, 'pip-cache');
  await rm(temporary, {recursive: true, force: true});
  makeFolder(temporary);
  let isOver = false;
  let most = 0;
  const watch = setInterval(async () => {
    // pip removes a wheel as soon as it is unpacked, so the folder can shrink.
    most = Math.max(most, await folderSize(temporary));
    if (!isOver) onBytes(most);
  }, progressIntervalMs);
  try {
    const {failed, isCanceled, all} = await execa(
      python,
      [
        '-I',
        '-m',
        'pip',
        ...given,
        '--require-hashes',
        '--only-binary',
        ':all:',
        '--cache-dir',
        cache,
        '--no-input',
        '--progress-bar',
        'off',
        '--retries',
        '3',
        '--disable-pip-version-check',
      ],
      {
        // By default pip unpacks into the system's folder for temporary files, often a small memory disk.
        env: {TMPDIR: temporary, TEMP: temporary, TMP: temporary, PIP_USER: '0'},
        all: true,
        stdin: 'ignore',
        reject: false,
        maxBuffer: 10_000_000,
        ...(signal === undefined ? {} : {cancelSignal: signal}),
      },
    );
    if (isCanceled) signal?.throwIfAborted();
    if (failed) throw pipFailure(all, what, scratch);
    await rm(scratch, {recursive: true, force: true});
  } finally {
    isOver = true;
    clearInterval(watch);
  }
}

/** The bytes in a folder that another process is changing. */
async function folderSize(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, {recursive: true, withFileTypes: true});
    const sizes = await Promise.all(
      entries
        .filter(entry => entry.isFile())
        .map(async entry => (await stat(join(entry.parentPath, entry.name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    // A file was removed in the meantime; the next call counts again.
    return 0;
  }
}
