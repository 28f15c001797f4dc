import {readBase64} from '../../../chat/decode-base64.js';
import type {JsonObject} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import type {AskedContent, Role} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {notSupported} from '../handling.js';
import {missingParameter, onlyOneOf} from '../invalid-value.js';
import {
  AssistantPartType,
  FilePart,
  FileSource,
  ImagePart,
  ImageSource,
  PartType,
  RefusalPart,
  TextPart,
} from './schema.js';

const checkPartType = checkWire(PartType);
const checkAssistantPartType = checkWire(AssistantPartType);
const checkTextPart = checkWire(TextPart);
const checkRefusalPart = checkWire(RefusalPart);
const checkImagePart = checkWire(ImagePart);
const checkImageSource = checkWire(ImageSource);
const checkFilePart = checkWire(FilePart);
const checkFileSource = checkWire(FileSource);

/** One part of a message: text, or an image or file as an attachment. */
export function decodePart(
  part: JsonObject,
  role: Role,
  {path, files}: {readonly path: string; readonly files: RequestedFiles},
): AskedContent {
  const {type} = role === 'assistant' ? checkAssistantPartType(part, path) : checkPartType(part, path);
  switch (type) {
    case 'text':
      return {type: 'text', text: checkTextPart(part, path).text};
    case 'refusal':
      return {type: 'text', text: checkRefusalPart(part, path).refusal};
    case 'image_url':
      return decodeImage(part, path);
    case 'file':
      return decodeFile(part, path, files);
    case 'input_audio':
      throw notSupported(`${path}.${type}`);
  }
}

function decodeImage(part: JsonObject, path: string): Attachment {
  const at = `${path}.image_url`;
  const {url} = checkImageSource(checkImagePart(part, path).image_url, at);
  return {
    type: 'attachment',
    source: {kind: 'reference', uri: url},
    accepts: 'image',
    field: `${at}.url`,
  };
}

function decodeFile(part: JsonObject, path: string, files: RequestedFiles): Attachment {
  const at = `${path}.file`;
  const {file_data: data, file_id: id} = checkFileSource(checkFilePart(part, path).file, at);
  if (id !== undefined) {
    if (data !== undefined) throw onlyOneOf(`${at}.file_id`, `${at}.file_data`);
    return files.attach(id, {accepts: 'document', field: `${at}.file_id`});
  }
  if (data === undefined) throw missingParameter(`${at}.file_data`);
  return fileAttachment(data, `${at}.file_data`);
}

/** A file comes as a data URI, or as the bare base64 that some clients send. */
export function fileAttachment(data: string, field: string): Attachment {
  if (/^data:/i.test(data)) {
    return {type: 'attachment', source: {kind: 'reference', uri: data}, accepts: 'document', field};
  }
  const bytes = readBase64(data);
  if (typeof bytes === 'string') {
    throw new RetakeError(
      'invalid_request',
      `Invalid '${field}': expected a data URI with base64-encoded data ('data:application/pdf;base64,…'), or the base64 alone.`,
      {field, reason: 'invalid_value'},
    );
  }
  return {type: 'attachment', source: {kind: 'bytes', bytes}, accepts: 'document', field};
}
