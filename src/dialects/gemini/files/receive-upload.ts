import {RetakeError, toRetakeError} from '../../../errors.js';
import type {LocalAnswer, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {encodeError} from '../encode-error.js';
import {parseLenientJson} from '../lenient-json.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import {checkMetadata, type FileStore, keepFile} from './keep-file.js';
import {parseMultipart} from './multipart-related.js';
import type {OpenUpload, OpenUploads} from './open-upload.js';
import {CreateFileRequest, type FileMetadata} from './schema.js';
import {encodeFile} from './uploaded-file.js';

export type UploadServices = {
  readonly files: FileStore;
  readonly uploads: OpenUploads;
  readonly now: () => number;
};

/** SDKs retry after seconds if a response does not report the state of the upload, so errors report it too. */
export async function receiveUpload(request: RawRequest, services: UploadServices): Promise<LocalAnswer> {
  try {
    return await receive(request, services);
  } catch (cause) {
    const {headers, ...answer} = encodeError(toRetakeError(cause));
    return {...answer, headers: {...headers, ...standing(cause)}};
  }
}

async function receive(request: RawRequest, services: UploadServices): Promise<LocalAnswer> {
  const {query} = request;
  decodeAlt(query, ['json'], ['upload_id']);
  const id = query.get('upload_id');
  if (id !== null) return proceed(request, services.uploads.find(id), services);
  switch (protocolOf(request)) {
    case 'resumable':
      return begin(request, services);
    case 'multipart':
      return receiveMultipart(request, services);
    case 'raw':
      return finish(request.bytes, typed({}, announcedType(request) ?? contentType(request)), services);
    default:
      throw new RetakeError(
        'invalid_request',
        'Expected the header x-goog-upload-protocol to be `resumable`, `multipart` or `raw`',
      );
  }
}

/** The upload protocol: by Google's header, or by the parameter of older clients. */
function protocolOf(request: RawRequest): string | undefined {
  const protocol = header(request, 'x-goog-upload-protocol');
  if (protocol !== undefined) return protocol.toLowerCase();
  const uploadType = request.query.get('uploadType') ?? request.query.get('upload_protocol');
  if (uploadType === 'media') return 'raw';
  if (uploadType === 'multipart' || contentType(request)?.startsWith('multipart/')) return 'multipart';
  return undefined;
}

function begin(request: RawRequest, {uploads}: UploadServices): LocalAnswer {
  const commands = commandsOf(request);
  if (commands.size !== 1 || !commands.has('start')) {
    throw new RetakeError('invalid_request', 'Expected the header x-goog-upload-command to be `start`');
  }
  const metadata = typed(decodeMetadata(request.bytes), announcedType(request));
  checkMetadata(metadata);
  const announced = sizeIn(header(request, 'x-goog-upload-header-content-length') ?? metadata.sizeBytes);
  const upload = uploads.begin(metadata, announced);
  return {
    status: 200,
    headers: {
      ...uploadStatus('active', upload),
      'x-goog-upload-url': addressOf(request, upload),
      'x-goog-upload-chunk-granularity': '1',
    },
    body: '',
  };
}

function proceed(request: RawRequest, upload: OpenUpload, services: UploadServices): LocalAnswer {
  const {uploads} = services;
  const commands = commandsOf(request);
  if (commands.has('cancel')) {
    uploads.end(upload);
    return {status: 200, headers: uploadStatus('cancelled', upload), body: ''};
  }
  if (commands.has('query')) return {status: 200, headers: uploadStatus('active', upload), body: ''};
  if (!commands.has('upload') && !commands.has('finalize')) {
    const expected = '`upload`, `upload, finalize`, `finalize`, `query` or `cancel`';
    throw new UploadStateError(`Expected the header x-goog-upload-command to be ${expected}`, upload);
  }
  const grown = commands.has('upload') ? append(request, upload, uploads) : upload;
  if (!commands.has('finalize')) return {status: 200, headers: uploadStatus('active', grown), body: ''};
  const {announced, size, pieces, metadata} = grown;
  uploads.end(grown);
  if (announced !== undefined && announced !== size) {
    throw new RetakeError('invalid_request', `Expected ${announced} bytes as announced, got ${size}`);
  }
  return finish(Buffer.concat(pieces), metadata, services);
}

function append(request: RawRequest, upload: OpenUpload, uploads: OpenUploads): OpenUpload {
  const offset = sizeIn(header(request, 'x-goog-upload-offset'));
  if (offset !== upload.size) {
    throw new UploadStateError(
      `Expected the header x-goog-upload-offset to be ${upload.size}, which is how much has come`,
      upload,
    );
  }
  return uploads.append(upload, request.bytes);
}

async function receiveMultipart(request: RawRequest, services: UploadServices): Promise<LocalAnswer> {
  const parts = await parseMultipart(request.bytes, contentType(request) ?? '');
  const [metadata, content] = parts;
  if (!metadata || !content || parts.length > 2) {
    throw new RetakeError(
      'invalid_request',
      `Expected two parts, the metadata and the content, got ${parts.length}`,
    );
  }
  const described = decodeMetadata(metadata.bytes);
  return finish(content.bytes, typed(described, described.mimeType || content.contentType), services);
}

function typed(metadata: FileMetadata, mimeType: string | undefined): FileMetadata {
  return mimeType === undefined ? metadata : {...metadata, mimeType};
}

function finish(bytes: Uint8Array, metadata: FileMetadata, {files, now}: UploadServices): LocalAnswer {
  checkMetadata(metadata);
  const file = keepFile(bytes, metadata, {files, now: now()});
  return jsonAnswer({file: encodeFile(file)}, {...jsonHeaders, 'x-goog-upload-status': 'final'});
}

function decodeMetadata(bytes: Uint8Array): FileMetadata {
  if (bytes.length === 0) return {};
  return decodeProtoJson(CreateFileRequest, parseLenientJson(bytes)).file ?? {};
}

/** The address that this client used, so that it works through the same reverse proxies again. */
function addressOf({headers, path, prefix = ''}: RawRequest, {id}: OpenUpload): string {
  const scheme = /^https\b/.test(String(headers['x-forwarded-proto'])) ? 'https' : 'http';
  return `${scheme}://${headers.host ?? 'localhost'}${prefix}${path}?upload_id=${id}&upload_protocol=resumable`;
}

/** An invalid request after which the upload can continue. */
class UploadStateError extends RetakeError {
  readonly upload: OpenUpload;

  constructor(message: string, upload: OpenUpload) {
    super('invalid_request', message);
    this.upload = upload;
  }
}

function standing(cause: unknown): Readonly<Record<string, string>> {
  return cause instanceof UploadStateError
    ? uploadStatus('active', cause.upload)
    : {'x-goog-upload-status': 'final'};
}

function uploadStatus(status: string, {size}: OpenUpload): Readonly<Record<string, string>> {
  return {'x-goog-upload-status': status, 'x-goog-upload-size-received': String(size)};
}

function commandsOf(request: RawRequest): ReadonlySet<string> {
  const commands = header(request, 'x-goog-upload-command') ?? '';
  return new Set(commands.split(',').map(command => command.trim().toLowerCase()));
}

function announcedType(request: RawRequest): string | undefined {
  const type = header(request, 'x-goog-upload-header-content-type');
  // JavaScript's name for an unknown type.
  return type === 'undefined' ? undefined : type;
}

function contentType(request: RawRequest): string | undefined {
  return header(request, 'content-type');
}

function header({headers}: RawRequest, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

function sizeIn(text: string | number | bigint | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = Number(text);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new RetakeError('invalid_request', `Expected a number of bytes, got ${JSON.stringify(String(text))}`);
}
