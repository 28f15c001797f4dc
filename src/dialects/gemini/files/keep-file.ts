import {createHash} from 'node:crypto';
import {RetakeError} from '../../../errors.js';
import type {ExpiringStore} from '../expiring-store.js';
import {invalidArguments} from '../field-violations.js';
import type {FileMetadata} from './schema.js';
import {digestOf, type UploadedFile} from './uploaded-file.js';

/** The time to live of a file: https://ai.google.dev/gemini-api/docs/files */
const lifetime = 48 * 60 * 60 * 1000;

export type FileStore = ExpiringStore<UploadedFile>;

/**
 * Stores the content of a finished upload. If the client chose no name, it is derived from the content, so that repeated test runs see
 * the same one.
 * @throws RetakeError when the name is taken or no room is left.
 */
export function keepFile(
  bytes: Uint8Array,
  {name = '', displayName, mimeType}: FileMetadata,
  {files, now}: {readonly files: FileStore; readonly now: number},
): UploadedFile {
  const sha256 = digestOf(bytes);
  const chosen = chosenId(name);
  if (chosen !== undefined && files.get(chosen)) {
    throw new RetakeError('invalid_request', `The file files/${chosen} already exists.`, {status: 409});
  }
  const file: UploadedFile = {
    id: chosen ?? freeId(sha256, files),
    displayName: displayName || undefined,
    mimeType: mimeType || 'application/octet-stream',
    bytes,
    size: bytes.length,
    sha256,
    createdAt: now,
    expiresAt: now + lifetime,
  };
  files.put(file);
  return file;
}

/** https://ai.google.dev/api/files#File.FIELDS.name @throws RetakeError `invalid_request` */
export function checkMetadata({name = '', displayName = '', mimeType = ''}: FileMetadata): void {
  chosenId(name);
  if (displayName.length > 512) throw invalid('file.display_name', 'must be at most 512 characters.');
  // It is sent in a header when the file is downloaded.
  if (!/^[\x20-\x7e]*$/.test(mimeType)) throw invalid('file.mime_type', 'must be a media type.');
  if (mimeType !== '' && !isSupported(mimeType)) {
    throw new RetakeError('invalid_request', `Unsupported MIME type: ${mimeType}`, {field: 'file.mime_type'});
  }
}

/** https://ai.google.dev/gemini-api/docs/file-input-methods; a file of an unknown type is detected by its bytes later. */
function isSupported(mimeType: string): boolean {
  const [type = ''] = mimeType.toLowerCase().split(';');
  return /^(?:(?:image|audio|video|text)\/[^/]+|application\/(?:[^/]*(?:json|jsonl|ndjson|xml|yaml|javascript|typescript|python|python-code|sh|sql|rtf|pdf|octet-stream))|jsonl)$/.test(
    type.trim(),
  );
}

function chosenId(name: string): string | undefined {
  if (name === '') return undefined;
  const id = name.replace(/^files\//, '');
  if (/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(id)) return id;
  throw invalid(
    'file.name',
    'the id can have at most 40 characters that are lowercase alphanumeric or dashes, and cannot begin or end with a dash.',
  );
}

/** The same content may be stored several times. */
function freeId(sha256: string, files: FileStore): string {
  for (let number = 0; ; number++) {
    const id = createHash('sha256').update(`${sha256}\n${number}`).digest('hex').slice(0, 12);
    if (!files.get(id)) return id;
  }
}

function invalid(field: string, description: string): RetakeError {
  return invalidArguments([{field, description}], 'CreateFileRequest');
}
