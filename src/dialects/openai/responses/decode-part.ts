import type {JsonObject} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import type {AskedContent, TextPart} from '../../../chat/request.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {fileAttachment} from '../chat-completions/decode-part.js';
import {checkWire} from '../check-wire.js';
import {notSupported} from '../handling.js';
import {missingParameter, onlyOneOf} from '../invalid-value.js';
import {
  InputFile,
  InputImage,
  InputPartType,
  InputText,
  OutputPartType,
  OutputText,
  Refusal,
} from './item-schema.js';

const checkInputType = checkWire(InputPartType);
const checkOutputType = checkWire(OutputPartType);
const checkInputText = checkWire(InputText);
const checkInputImage = checkWire(InputImage);
const checkInputFile = checkWire(InputFile);
const checkOutputText = checkWire(OutputText);
const checkRefusal = checkWire(Refusal);

/** One part of a user, developer or tool message. */
export function decodeInputPart(part: JsonObject, path: string, files: RequestedFiles): AskedContent {
  const {type} = checkInputType(part, path);
  switch (type) {
    case 'input_text':
      return {type: 'text', text: checkInputText(part, path).text};
    case 'input_image':
      return decodeImage(part, path, files);
    case 'input_file':
      return decodeFile(part, path, files);
    case 'input_audio':
      throw notSupported(`${path}.type`, type);
  }
}

/** One part of a model message. */
export function decodeOutputPart(part: JsonObject, path: string): TextPart {
  const {type} = checkOutputType(part, path);
  switch (type) {
    case 'output_text':
      return {type: 'text', text: checkOutputText(part, path).text};
    case 'refusal':
      return {type: 'text', text: checkRefusal(part, path).refusal};
  }
}

function decodeImage(part: JsonObject, path: string, files: RequestedFiles): Attachment {
  const {image_url: url, file_id: id} = checkInputImage(part, path);
  const accepts = 'image';
  if (id !== undefined) {
    if (url !== undefined) throw onlyOneOf(`${path}.file_id`, `${path}.image_url`);
    return files.attach(id, {accepts, field: `${path}.file_id`});
  }
  if (url === undefined) throw missingParameter(`${path}.image_url`);
  return {
    type: 'attachment',
    source: {kind: 'reference', uri: url},
    accepts,
    field: `${path}.image_url`,
  };
}

function decodeFile(part: JsonObject, path: string, files: RequestedFiles): Attachment {
  const {file_data: data, file_url: url, file_id: id} = checkInputFile(part, path);
  const accepts = 'document';
  const given = Object.entries({file_id: id, file_url: url, file_data: data}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${path}.${name}`],
  );
  const [field = `${path}.file_data`, other] = given;
  if (other !== undefined) throw onlyOneOf(field, other);
  if (id !== undefined) return files.attach(id, {accepts, field});
  if (url !== undefined) {
    return {type: 'attachment', source: {kind: 'reference', uri: url}, accepts, field};
  }
  if (data === undefined) throw missingParameter(field);
  return fileAttachment(data, field);
}
