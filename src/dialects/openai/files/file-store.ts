import {createHash} from 'node:crypto';
import {RetakeError} from '../../../errors.js';
import {createBoundedStore} from '../../kit/bounded-store.js';

/** A file that a client uploaded. */
export type StoredFile = {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly filename: string;
  readonly purpose: string;
  /** The media type that the upload declared; undefined if that is generic. */
  readonly mediaType: string | undefined;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

export type Upload = Pick<StoredFile, 'bytes' | 'filename' | 'purpose' | 'mediaType'> & {
  /** Seconds. */
  readonly expiresAfter: number | undefined;
};

export type FileStore = {
  add(upload: Upload): StoredFile;
  /** @throws RetakeError `invalid_request` (404) in the real API's words; `field` is the field with the file id */
  get(id: string, field?: string): StoredFile;
  delete(id: string): void;
  /** Oldest first. */
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
  const nowSeconds = () => Math.floor(now() / 1000);
  const isThere = ({expiresAt}: StoredFile) => expiresAt === undefined || expiresAt > nowSeconds();
  const get = (id: string, field = 'id') => {
    const file = files.get(id);
    if (file && isThere(file)) return file;
    files.delete(id);
    throw new RetakeError('invalid_request', `No such File object: ${id}`, {status: 404, field});
  };
  return {
    add({expiresAfter, ...upload}) {
      const createdAt = nowSeconds();
      const file = {
        ...upload,
        id: `file-${digestOf(++count, upload)}`,
        createdAt,
        expiresAt: expiresAfter === undefined ? undefined : createdAt + expiresAfter,
      };
      files.set(file.id, file);
      return file;
    },
    get,
    delete(id) {
      files.delete(get(id).id);
    },
    list: () => files.values().filter(isThere),
  };
}

/** Two uploads of the same content are two files. */
function digestOf(count: number, {filename, bytes}: Pick<StoredFile, 'filename' | 'bytes'>): string {
  const hash = createHash('sha256').update(`${count}\n${filename}\n`).update(bytes);
  return hash.digest('hex').slice(0, 24);
}
