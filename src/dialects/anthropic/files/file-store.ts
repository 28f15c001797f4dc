import {RetakeError} from '../../../errors.js';
import type {DialectServices} from '../../dialect.js';
import {createFileStore as createStore, type FileStore} from '../../kit/file-store.js';

/** The uploaded files, which messages refer to by id. */
export function createFileStore({now, objects}: Pick<DialectServices, 'now' | 'objects'>): FileStore {
  return createStore({
    now,
    objects,
    kind: 'anthropic/files',
    prefix: 'file_',
    notFound(id, {isExpired, field}) {
      const reason = isExpired ? 'file_expired' : undefined;
      return new RetakeError('invalid_request', `File not found: ${id}`, {status: 404, field, reason});
    },
  });
}
