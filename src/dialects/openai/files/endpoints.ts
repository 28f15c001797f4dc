import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {pageOf} from '../list-page.js';
import {headersFor} from '../response-headers.js';
import {decodeUpload} from './decode-upload.js';
import type {FileStore, StoredFile} from './file-store.js';

/** The endpoints of uploaded files, which requests reference by id. */
export function fileEndpoints(files: FileStore): Readonly<Record<string, LocalEndpoint>> {
  return {
    uploadFile: {
      kind: 'local',
      method: 'POST',
      answer: async request => jsonAnswer(fileObject(files.add(await decodeUpload(request))), headersFor),
    },
    listFiles: {
      kind: 'local',
      method: 'GET',
      answer({query}) {
        const purpose = query.get('purpose');
        const listed = files.list().filter(file => purpose === null || file.purpose === purpose);
        const paging = {order: 'desc', limit: 10_000, maxLimit: 10_000} as const;
        return jsonAnswer(pageOf(listed.map(fileObject), query, paging), headersFor);
      },
    },
    getFile: {
      kind: 'local',
      method: 'GET',
      answer: request => jsonAnswer(fileObject(fileOf(request)), headersFor),
    },
    getFileContent: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {bytes} = fileOf(request);
        return {status: 200, headers: headersFor(bytes, 'application/octet-stream'), body: bytes};
      },
    },
    deleteFile: {
      kind: 'local',
      method: 'DELETE',
      answer({params: {file: id = ''}}) {
        files.delete(id);
        return jsonAnswer({id, object: 'file', deleted: true}, headersFor);
      },
    },
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
    created_at: createdAt,
    expires_at: expiresAt,
    filename,
    purpose,
    status: 'processed',
    status_details: null,
  });
}
