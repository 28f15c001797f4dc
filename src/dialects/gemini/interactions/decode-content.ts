import {readBase64} from '../../../chat/decode-base64.js';
import type {JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Part} from '../generate-content/schema.js';
import {invalidInput, listAt, objectAt, textAt} from './read-input.js';

const mediaTypes = new Set(['image', 'document', 'audio', 'video']);

/** Whether a type is one of content; any other is one of a step. */
export function isContentType(type: JsonValue | undefined): boolean {
  return type === 'text' || (typeof type === 'string' && mediaTypes.has(type));
}

/** Content as the parts of a turn. A text alone is accepted where the API accepts content. */
export function decodeContents(value: JsonValue | undefined, field: string): readonly Part[] {
  return listAt(value).map((content, index) => decodeContent(content, `${field}[${index}]`));
}

function decodeContent(value: JsonValue, field: string): Part {
  if (typeof value === 'string') return {text: value};
  const content = objectAt(value, field);
  const {type} = content;
  if (type === 'text') return {text: textAt(content, 'text', field) ?? ''};
  if (!isContentType(type)) {
    throw invalidInput(`${field}.type`, 'must be text, image, document, audio or video.');
  }
  const mimeType = textAt(content, 'mime_type', field);
  const data = textAt(content, 'data', field);
  const uri = textAt(content, 'uri', field);
  if ((data === undefined) === (uri === undefined)) {
    throw invalidInput(field, 'must have either data or uri.');
  }
  if (uri !== undefined) return {fileData: omitUndefined({fileUri: uri, mimeType})};
  const bytes = readBase64(data ?? '');
  if (typeof bytes === 'string') throw invalidInput(`${field}.data`, `must be base64, but ${bytes}.`);
  return {inlineData: omitUndefined({data: bytes, mimeType})};
}
