import {createHash} from 'node:crypto';
import type {RetakeError} from '../../errors.js';
import type {DialectServices} from '../dialect.js';
import {createBoundedStore} from './bounded-store.js';
import type {FormFile} from './read-form.js';

/** A file that a client uploaded. */
export type StoredFile = FormFile & {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

export type Upload = FormFile & {
  /** Seconds. */
  readonly expiresIn: number | undefined;
};

/** Uploaded files. `Own` is what an API keeps of an upload besides. */
export type FileStore<Own = unknown> = {
  add(upload: Upload & Own): StoredFile & Own;
  /** @throws RetakeError in the real API's words; `field` is the field with the file id */
  get(id: string, field?: string): StoredFile & Own;
  delete(id: string): void;
  /** Oldest first. */
  list(): readonly (StoredFile & Own)[];
};

export type FileStoreOptions = Pick<DialectServices, 'now' | 'objects'> & {
  /** What the store is called among those that processes share. */
  readonly kind: string;
  /** What the ids of the files begin with. */
  readonly prefix: string;
  notFound(id: string, about: {readonly isExpired: boolean; readonly field: string | undefined}): RetakeError;
};

/** The files of this process, and of those that share it, in memory; at its bounds, the oldest are evicted. */
export function createFileStore<Own>({
  now,
  objects,
  kind,
  prefix,
  notFound,
}: FileStoreOptions): FileStore<Own> {
  const files = createBoundedStore<StoredFile & Own>({
    maxCount: 10_000,
    maxBytes: 512 * 1024 * 1024,
    bytesOf: ({bytes}) => bytes.length,
    shared: {objects, kind},
    expiresAt: ({expiresAt}) => expiresAt,
  });
  let count = 0;
  const isThere = ({expiresAt}: StoredFile) => expiresAt === undefined || expiresAt > now();
  const get = (id: string, field?: string) => {
    const file = files.get(id);
    if (file && isThere(file)) return file;
    throw notFound(id, {isExpired: file !== undefined, field});
  };
  return {
    add({expiresIn, ...upload}) {
      const createdAt = now();
      const expiresAt = expiresIn === undefined ? undefined : createdAt + expiresIn * 1000;
      let id: string;
      // Another process may have given an id already.
      do id = `${prefix}${digestOf(++count, upload)}`;
      while (files.get(id));
      const file = {...upload, id, createdAt, expiresAt} as StoredFile & Own;
      files.set(id, file);
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
function digestOf(count: number, {filename, bytes}: Pick<FormFile, 'filename' | 'bytes'>): string {
  const hash = createHash('sha256').update(`${count}\n${filename}\n`).update(bytes);
  return hash.digest('hex').slice(0, 24);
}
