import {constants} from 'node:fs';
import {type FileHandle, lstat, open, readlink, realpath} from 'node:fs/promises';
import {isAbsolute, relative, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {RetakeError} from '../errors.js';

/** @throws RetakeError `invalid_request`, with the same message for a missing file and one outside the roots */
export type LocalReader = (reference: string) => Promise<{readonly bytes: Uint8Array}>;

/** Reads files that a client references by a `file:` URI or a path, only under the given folders. Links must lead there too. */
export function createLocalReader({
  roots,
  maxBytes = 50 << 20,
}: {
  readonly roots: readonly string[];
  readonly maxBytes?: number;
}): LocalReader {
  return async reference => {
    for (const root of roots) {
      const handle = await openUnder(root, reference);
      if (handle === undefined) continue;
      try {
        return {bytes: await readAll(handle, maxBytes)};
      } finally {
        await handle.close();
      }
    }
    throw notAllowed(reference);
  };
}

/** Opens the file if it is a regular file under the root; otherwise returns undefined. */
async function openUnder(root: string, reference: string): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    const path = pathOf(reference);
    if (path === undefined) return undefined;
    const folder = await realpath(root);
    const target = await realpath(resolve(folder, path));
    if (!isUnder(folder, target) || !(await lstat(target)).isFile()) return undefined;
    handle = await open(
      target,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    if ((await handle.stat()).isFile() && isUnder(folder, await pathOfOpened(handle, target))) return handle;
  } catch {
    // The client must not learn why a file cannot be opened.
  }
  await handle?.close();
  return undefined;
}

/**
 * The path of an opened file: folders and links may have changed since its path was checked. Linux returns it for the file descriptor;
 * elsewhere the path is resolved again, and must lead to the same file.
 */
async function pathOfOpened(handle: FileHandle, target: string): Promise<string> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
  const [opened, path] = await Promise.all([handle.stat({bigint: true}), realpath(target)]);
  const found = await lstat(path, {bigint: true});
  if (found.dev !== opened.dev || found.ino !== opened.ino) throw new Error('another file is there now');
  return path;
}

/** Undefined for a path with `..`, whose meaning after a link differs between programs. */
function pathOf(reference: string): string | undefined {
  const path = /^file:/i.test(reference) ? fileURLToPath(reference) : reference;
  return path.split(/[\\/]/).includes('..') ? undefined : path;
}

function isUnder(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Counts the bytes while reading: a file can grow, and some have no size. */
async function readAll(handle: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of handle.createReadStream({autoClose: false, end: maxBytes})) {
    chunks.push(chunk);
    size += chunk.length;
  }
  if (size <= maxBytes) return new Uint8Array(Buffer.concat(chunks));
  throw new RetakeError(
    'invalid_request',
    `Expected a file of at most ${maxBytes} bytes, but this one is larger`,
  );
}

function notAllowed(reference: string): RetakeError {
  const name = reference.length > 200 ? `${reference.slice(0, 200)}…` : reference;
  return new RetakeError('invalid_request', `\`${name}\` is not a file that clients may reference`, {
    hint: 'Send the bytes themselves, or add the folder of the file to the option `media.roots`.',
  });
}
