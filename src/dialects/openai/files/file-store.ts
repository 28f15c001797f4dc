import {RetakeError} from '../../../errors.js';
import type {DialectServices} from '../../dialect.js';
import {
  createFileStore as createStore,
  type FileStore as FileStoreOf,
  type StoredFile as StoredFileOf,
  type Upload as UploadOf,
} from '../../kit/file-store.js';

type Purpose = {readonly purpose: string};

export type StoredFile = StoredFileOf & Purpose;
export type Upload = UploadOf & Purpose;
export type FileStore = FileStoreOf<Purpose>;

/** The uploaded files. Their times are whole seconds, as the API writes them. */
export function createFileStore({now, objects}: Pick<DialectServices, 'now' | 'objects'>): FileStore {
  return createStore({
    now: () => Math.floor(now() / 1000) * 1000,
    objects,
    kind: 'openai/files',
    prefix: 'file-',
    notFound: (id, {field = 'id'}) =>
      new RetakeError('invalid_request', `No such File object: ${id}`, {status: 404, field}),
  });
}
