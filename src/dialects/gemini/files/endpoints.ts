import type {DialectServices, LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {pageOf, pageParameters} from '../page.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import type {FileStore} from './keep-file.js';
import {createOpenUploads} from './open-upload.js';
import {receiveUpload} from './receive-upload.js';
import {encodeFile, fileMissing, type UploadedFile} from './uploaded-file.js';

/** https://ai.google.dev/api/files#method:-files.list */
const pageLimits = {usual: 10, most: 100};

/** The endpoints of uploaded files: upload, list, get, download, delete. */
export function fileEndpoints(
  files: FileStore,
  {now, objects}: DialectServices,
): Readonly<Record<string, LocalEndpoint>> {
  const uploads = createOpenUploads({now, objects, maxBytes: 256 * 1024 * 1024, maxCount: 100});
  const receive = (request: RawRequest) => receiveUpload(request, {files, uploads, now});
  const named = ({params}: RawRequest): UploadedFile => {
    const id = params['file'] ?? '';
    const file = files.get(id);
    if (!file) throw fileMissing(id);
    return file;
  };
  return {
    uploadFile: {kind: 'local', method: 'POST', answer: receive},
    continueUpload: {kind: 'local', method: 'PUT', answer: receive},
    getFile: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        decodeAlt(request.query, ['json']);
        return jsonAnswer(encodeFile(named(request)), jsonHeaders);
      },
    },
    listFiles: {
      kind: 'local',
      method: 'GET',
      answer({query}) {
        decodeAlt(query, ['json'], pageParameters);
        const {items, nextPageToken} = pageOf(files.list(), query, pageLimits, 'ListFilesRequest');
        return jsonAnswer({files: items.map(encodeFile), nextPageToken}, jsonHeaders);
      },
    },
    deleteFile: {
      kind: 'local',
      method: 'DELETE',
      answer(request) {
        decodeAlt(request.query, ['json']);
        files.delete(named(request).id);
        return jsonAnswer({}, jsonHeaders);
      },
    },
    downloadFile: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const file = named(request);
        if (decodeAlt(request.query, ['media', 'json']) === 'json')
          return jsonAnswer(encodeFile(file), jsonHeaders);
        return {status: 200, headers: downloadHeaders(file), body: file.bytes};
      },
    },
  };
}

/** Keeps a browser from showing an uploaded file as a page of this origin. */
function downloadHeaders({mimeType}: UploadedFile): Readonly<Record<string, string>> {
  return {
    'content-type': mimeType,
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  };
}
