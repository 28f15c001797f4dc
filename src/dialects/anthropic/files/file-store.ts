import {createHash} from 'node:crypto';
import {RetakeError} from '../../../errors.js';
import {createBoundedStore} from '../../kit/bounded-store.js';

/** A file that a client uploaded. */
export type StoredFile = {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly filename: string;
  readonly mediaType: string | undefined;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

export type Upload = Pick<StoredFile, 'bytes' | 'filename' | 'mediaType'> & {
  /** Seconds. */
  readonly expiresIn: number | undefined;
};

export type FileStore = {
  add(upload: Upload): StoredFile;
  /** @throws RetakeError `invalid_request` (404) in the real API's words */
  get(id: string, field?: string): StoredFile;
  delete(id: string): void;
  /** Newest first. */
  list(): readonly StoredFile[];
};

/** The files of this process, in memory; at its bounds, the oldest are evicted. */
export function createFileStore({now}: {readonly now: () => number}): FileStore {
  const files = createBoundedStore<StoredFile>({
    maxCount: 10_000,
    maxBytes: 512 * 1024 * 1024,
    bytesOf: ({bytes}) => bytes.length,
  });
  let count = 0;
  const isThere = ({expiresAt}: StoredFile) => expiresAt === undefined || expiresAt > now();
  const get = (id: string, field?: string) => {
    const file = files.get(id);
    if (file && isThere(file)) return file;
    const reason = file ? 'file_expired' : undefined;
    throw new RetakeError('invalid_request', `File not found: ${id}`, {status: 404, field, reason});
  };
  return {
    add({expiresIn, ...upload}) {
      const createdAt = now();
      const expiresAt = expiresIn === undefined ? undefined : createdAt + expiresIn * 1000;
      const file = {...upload, id: `file_${digestOf(++count, upload)}`, createdAt, expiresAt};
      files.set(file.id, file);
      return file;
    },
    get,
    delete(id) {
      files.delete(get(id).id);
    },
    list: () => files.values().filter(isThere).toReversed(),
  };
}

/** Two uploads of the same content are two files. */
function digestOf(count: number, {filename, bytes}: Pick<StoredFile, 'filename' | 'bytes'>): string {
  const hash = createHash('sha256').update(`${count}\n${filename}\n`).update(bytes);
  return hash.digest('hex').slice(0, 24);
}
