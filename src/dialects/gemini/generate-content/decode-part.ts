import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, Part as NeutralPart} from '../../../chat/request.js';
import type {ToolResultPart} from '../../../chat/tools.js';
import {invalidArguments} from '../field-violations.js';
import type {KeptContent} from '../kept-content.js';
import type {NothingLeft} from '../proto-types.js';
import type {CallNames} from './call-names.js';
import type {Blob, FileData, FunctionCall, FunctionResponse, Part} from './schema.js';

/** The context of the parts of one conversation. */
export type Decoding = {readonly calls: CallNames; readonly kept: KeptContent};

/** Decodes a part. Thoughts are dropped: the model does not get them. `field` is its place, in proto names. */
export function decodePart(
  part: Part,
  field: string,
  decoding: Decoding,
): readonly NeutralPart<AskedContent>[] {
  const {text, thought = false, inlineData, fileData, functionCall, functionResponse, ...others} = part;
  const {executableCode, codeExecutionResult, toolCall, toolResponse, ...rest} = others;
  rest satisfies NothingLeft;
  if (functionCall) return [decodeCall(functionCall, `${field}.function_call`, decoding)];
  if (functionResponse) return [decodeResult(functionResponse, `${field}.function_response`, decoding)];
  if (thought) return [];
  if (inlineData) return [decodeBlob(inlineData, `${field}.inline_data`)];
  if (fileData) return [decodeFile(fileData, `${field}.file_data`, decoding)];
  if (executableCode) {
    const {language = 'PYTHON', code = ''} = executableCode;
    return [said(`\`\`\`${language === 'PYTHON' ? 'python' : ''}\n${code}\n\`\`\``)];
  }
  if (codeExecutionResult) {
    const {outcome = 'OUTCOME_UNSPECIFIED', output = ''} = codeExecutionResult;
    return [said(`\`\`\`${outcome}\n${output}\n\`\`\``)];
  }
  if (toolCall) return [said(`\`\`\`tool_call\n${stringifyJson(toolCall as JsonObject)}\n\`\`\``)];
  if (toolResponse)
    return [said(`\`\`\`tool_response\n${stringifyJson(toolResponse as JsonObject)}\n\`\`\``)];
  return [said(text ?? '')];
}

function said(text: string): NeutralPart<AskedContent> {
  return {type: 'text', text};
}

function decodeBlob({mimeType, data, ...rest}: Blob, field: string): Attachment {
  rest satisfies NothingLeft;
  if (data === undefined) {
    const description = "required oneof field 'data' must have one initialized field";
    throw invalidArguments([{field: `${field}.data`, description}]);
  }
  return {type: 'attachment', source: {kind: 'bytes', bytes: data}, ...declared(mimeType), field};
}

/** Replaces an uploaded file by its content; any other URI is read later. */
function decodeFile(
  {mimeType, fileUri = '', ...rest}: FileData,
  field: string,
  {kept}: Decoding,
): Attachment {
  rest satisfies NothingLeft;
  if (fileUri === '') {
    throw invalidArguments([{field: `${field}.file_uri`, description: 'file_uri must not be empty.'}]);
  }
  const file = kept.file(fileUri);
  if (file) {
    const source = {kind: 'bytes', bytes: file.bytes} as const;
    return {type: 'attachment', source, ...declared(mimeType || file.mimeType), field};
  }
  return {type: 'attachment', source: {kind: 'reference', uri: fileUri}, ...declared(mimeType), field};
}

function declared(mimeType: string | undefined): {declaredType?: string} {
  return mimeType ? {declaredType: mimeType} : {};
}

function decodeCall({id, name, args = {}, ...rest}: FunctionCall, field: string, {calls}: Decoding) {
  rest satisfies NothingLeft;
  if (!name) throw invalidArguments([{field: `${field}.name`, description: 'Name cannot be empty.'}]);
  return {type: 'tool-call', call: calls.begin(id || undefined, name), name, arguments: args} as const;
}

function decodeResult(
  {id, name, response = {}, parts = [], ...rest}: FunctionResponse,
  field: string,
  decoding: Decoding,
): ToolResultPart<AskedContent> {
  rest satisfies NothingLeft;
  if (!name) throw invalidArguments([{field: `${field}.name`, description: 'Name cannot be empty.'}]);
  const content = parts.flatMap(({inlineData, fileData, ...others}, index): Attachment[] => {
    others satisfies NothingLeft;
    const at = `${field}.parts[${index}]`;
    if (inlineData) return [decodeBlob(inlineData, `${at}.inline_data`)];
    return fileData ? [decodeFile(fileData, `${at}.file_data`, decoding)] : [];
  });
  return omitUndefined({
    type: 'tool-result',
    call: decoding.calls.answer(id || undefined, name),
    name,
    value: response,
    content: content.length > 0 ? content : undefined,
  });
}
