import {createHash} from 'node:crypto';
import {RetakeError} from '../../../errors.js';
import type {Kept} from '../expiring-store.js';
import {encodeTimestamp} from '../timestamp.js';

/** An uploaded file, which later requests can reference. */
export type UploadedFile = Kept & {
  readonly displayName: string | undefined;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
};

/** The URL of files in the real API. Clients extract the name only from an `https` URI. */
const publicHost = 'generativelanguage.googleapis.com';

/** The id in `files/id` or in a file URI of the real API or of `host`; undefined for other URIs. */
export function fileIdOf(uri: string, host?: string): string | undefined {
  const [, authority, id] =
    /^(?:https?:\/\/([^/]+)\/(?:@[^/]*\/)?v1[a-z0-9]*\/)?files\/([a-z0-9-]+)$/.exec(uri) ?? [];
  return authority === undefined || authority === publicHost || authority === host ? id : undefined;
}

/** https://ai.google.dev/api/files#File */
export function encodeFile(file: UploadedFile) {
  const {id, displayName, mimeType, size, createdAt, expiresAt, sha256} = file;
  return {
    name: `files/${id}`,
    displayName,
    mimeType,
    sizeBytes: String(size),
    createTime: encodeTimestamp(createdAt),
    updateTime: encodeTimestamp(createdAt),
    expirationTime: encodeTimestamp(expiresAt),
    // The real API writes the base64 of the digest's hexadecimal digits.
    sha256Hash: Buffer.from(sha256).toString('base64'),
    uri: `https://${publicHost}/v1beta/files/${id}`,
    state: 'ACTIVE',
    source: 'UPLOADED',
  };
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The real API answers in the same way for missing files and those of other users. */
export function fileMissing(id: string): RetakeError {
  const message = `You do not have permission to access the File ${id} or it may not exist.`;
  return new RetakeError('not_found', message, {status: 403});
}
