import {constants} from 'node:fs';
import {type FileHandle, lstat, open, readlink, realpath} from 'node:fs/promises';
import {isAbsolute, relative, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {RetakeError} from '../errors.js';

/** @throws RetakeError `invalid_request`, in the same words for a file that is not there and one that may not be read */
export type LocalReader = (reference: string) => Promise<{readonly bytes: Uint8Array}>;

/**
 * Reads files that a client names by a `file:` URI or a path, under one of some folders and nowhere else: links are followed, and count
 * where they lead.
 */
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
    throw refused(reference);
  };
}

/** The file, if it is a regular one and lies under the root; undefined for whatever else is there or is not. */
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
    // Why a file cannot be opened is what nobody may learn who has no business with it.
  }
  await handle?.close();
  return undefined;
}

/**
 * Where an opened file lies: folders and links may have been exchanged since its path was looked at. Linux knows this of the file itself;
 * elsewhere the path is looked at again, and has to lead to the same file.
 */
async function pathOfOpened(handle: FileHandle, target: string): Promise<string> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
  const [opened, path] = await Promise.all([handle.stat({bigint: true}), realpath(target)]);
  const found = await lstat(path, {bigint: true});
  if (found.dev !== opened.dev || found.ino !== opened.ino) throw new Error('another file stands there now');
  return path;
}

/** Undefined for a path that climbs: what `..` means after a link is nothing that two readers agree on. */
function pathOf(reference: string): string | undefined {
  const path = /^file:/i.test(reference) ? fileURLToPath(reference) : reference;
  return path.split(/[\\/]/).includes('..') ? undefined : path;
}

function isUnder(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A file may grow while it is read, and some have no size. */
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

function refused(reference: string): RetakeError {
  const name = reference.length > 200 ? `${reference.slice(0, 200)}…` : reference;
  return new RetakeError('invalid_request', `\`${name}\` is no file that clients may name`, {
    hint: 'Send the bytes themselves, or add the folder of the file to the option `media.roots`.',
  });
}
