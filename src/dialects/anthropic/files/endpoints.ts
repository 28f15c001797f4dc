import {RetakeError} from '../../../errors.js';
import type {LocalEndpoint, RawRequest} from '../../dialect.js';
import type {FileStore, StoredFile, Upload} from '../../kit/file-store.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {readForm} from '../../kit/read-form.js';
import {fault} from '../invalid-value.js';
import {limitOf} from '../page-limit.js';
import {localHeaders} from '../response-headers.js';

/** The Files API: files that messages refer to by id. */
export function fileEndpoints(files: FileStore): Readonly<Record<string, LocalEndpoint>> {
  const fileOf = ({params}: RawRequest) => files.get(params['file'] ?? '');
  const local = localEndpoints(localHeaders);
  return {
    uploadFile: {
      kind: 'local',
      method: 'POST',
      answer: async request => jsonAnswer(fileObject(files.add(await decodeUpload(request))), localHeaders),
    },
    listFiles: local('GET', ({query}) => pageOf(files.list().toReversed(), query)),
    getFile: local('GET', request => fileObject(fileOf(request))),
    getFileContent: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        throw new RetakeError('invalid_request', `The file ${fileOf(request).id} cannot be downloaded`, {
          reason: 'file_not_downloadable',
          hint: 'Only files that a tool of Anthropic made can be downloaded.',
        });
      },
    },
    deleteFile: local('DELETE', ({params: {file: id = ''}}) => {
      files.delete(id);
      return {id, type: 'file_deleted'};
    }),
  };
}

async function decodeUpload({headers, bytes}: RawRequest): Promise<Upload> {
  const {fields, files} = await readForm(headers, bytes);
  const file = files.get('file');
  if (!file) throw fault('file', 'Field required');
  const seconds = fields.get('expires_in_seconds');
  if (seconds !== undefined && !/^[1-9]\d{0,9}$/.test(seconds)) {
    throw fault('expires_in_seconds', 'Input should be a valid integer');
  }
  return {...file, expiresIn: seconds === undefined ? undefined : Number(seconds)};
}

/** A page has the cursors of both versions of the SDKs. */
function pageOf(newestFirst: readonly StoredFile[], query: URLSearchParams) {
  const limit = limitOf(query);
  const ids = query.getAll('ids').concat(query.getAll('ids[]'));
  const wanted = newestFirst.filter(({id}) => ids.length === 0 || ids.includes(id));
  const after = query.get('page') ?? query.get('after_id');
  const start = after === null ? 0 : wanted.findIndex(({id}) => id === after) + 1;
  const data = wanted.slice(start, start + limit);
  const hasMore = start + data.length < wanted.length;
  const last = data.at(-1)?.id ?? null;
  return {
    data: data.map(fileObject),
    has_more: hasMore,
    first_id: data[0]?.id ?? null,
    last_id: last,
    next_page: hasMore ? last : null,
  };
}

function fileObject({id, bytes, filename, mediaType, createdAt, expiresAt}: StoredFile) {
  return {
    id,
    type: 'file',
    filename,
    mime_type: mediaType ?? 'application/octet-stream',
    size_bytes: bytes.length,
    created_at: new Date(createdAt).toISOString(),
    expires_at: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    downloadable: false,
  };
}
