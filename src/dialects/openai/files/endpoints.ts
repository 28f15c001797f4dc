import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {pageOf} from '../list-page.js';
import {headersFor} from '../response-headers.js';
import {decodeUpload} from './decode-upload.js';
import type {FileStore, StoredFile} from './file-store.js';

/** The endpoints of uploaded files, which requests reference by id. */
export function fileEndpoints(files: FileStore): Readonly<Record<string, LocalEndpoint>> {
  const local = localEndpoints(headersFor);
  return {
    uploadFile: {
      kind: 'local',
      method: 'POST',
      answer: async request => jsonAnswer(fileObject(files.add(await decodeUpload(request))), headersFor),
    },
    listFiles: local('GET', ({query}) => {
      const purpose = query.get('purpose');
      const listed = files.list().filter(file => purpose === null || file.purpose === purpose);
      const paging = {order: 'desc', limit: 10_000, maxLimit: 10_000} as const;
      return pageOf(listed.map(fileObject), query, paging);
    }),
    getFile: local('GET', request => fileObject(fileOf(request))),
    getFileContent: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {bytes} = fileOf(request);
        return {status: 200, headers: headersFor(bytes, 'application/octet-stream'), body: bytes};
      },
    },
    deleteFile: local('DELETE', ({params: {file: id = ''}}) => {
      files.delete(id);
      return {id, object: 'file', deleted: true};
    }),
  };

  function fileOf({params}: RawRequest): StoredFile {
    return files.get(params['file'] ?? '');
  }
}

function fileObject({id, bytes, filename, purpose, createdAt, expiresAt}: StoredFile) {
  return omitUndefined({
    id,
    object: 'file',
    bytes: bytes.length,
    created_at: createdAt / 1000,
    expires_at: expiresAt && expiresAt / 1000,
    filename,
    purpose,
    status: 'processed',
    status_details: null,
  });
}
