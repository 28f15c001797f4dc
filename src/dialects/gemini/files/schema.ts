import type {Static} from '@sinclair/typebox';
import {ignored, int64, message, string, value} from '../proto-types.js';

/** The members of a file that a client may set; the others are output only. */
const File = message('File', {
  name: string(),
  displayName: string(),
  mimeType: string(),
  sizeBytes: int64(),
  createTime: ignored(string()),
  updateTime: ignored(string()),
  expirationTime: ignored(string()),
  sha256Hash: ignored(string()),
  uri: ignored(string()),
  downloadUri: ignored(string()),
  state: ignored(value()),
  source: ignored(value()),
  error: ignored(value()),
  videoMetadata: ignored(value()),
});

export const CreateFileRequest = message('CreateFileRequest', {file: File});
export type FileMetadata = Static<typeof File>;
