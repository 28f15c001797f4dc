import {readBase64} from '../../../chat/decode-base64.js';
import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, Part as NeutralPart} from '../../../chat/request.js';
import type {ToolResultPart} from '../../../chat/tools.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {fault, listOf, notSupported} from '../invalid-value.js';
import {BlockType, blocks, silentBlocks, sources, toldAsText} from './schema.js';
import type {ToolHistory} from './tool-history.js';

type Part = NeutralPart<AskedContent>;

const checkType = checkWire(BlockType);
const check = {
  text: checkWire(blocks.text),
  image: checkWire(blocks.image),
  document: checkWire(blocks.document),
  search_result: checkWire(blocks.search_result),
  tool_use: checkWire(blocks.tool_use),
  tool_result: checkWire(blocks.tool_result),
};
const checkSource = {
  base64: checkWire(sources.base64),
  url: checkWire(sources.url),
  text: checkWire(sources.text),
  content: checkWire(sources.content),
  file: checkWire(sources.file),
};

/** What a block can refer to: earlier tool calls, and uploaded files. */
export type MessageContext = {readonly history: ToolHistory; readonly files: RequestedFiles};

type ContentContext = {readonly path: string; readonly files: RequestedFiles};

/** Decodes a block of a message. Thinking blocks are dropped: the model does not get them. */
export function decodeBlock(
  block: JsonObject,
  path: string,
  {history, files}: MessageContext,
): readonly Part[] {
  const {type} = checkType(block, path);
  switch (type) {
    case 'tool_use': {
      const {id, name, input} = check.tool_use(block, path);
      history.ask(id);
      return [{type: 'tool-call', call: id, name, arguments: input}];
    }
    case 'tool_result':
      return [decodeResult(block, path, {history, files})];
    case 'text':
      refuseBlank(check.text(block, path).text, 'messages');
      return decodeContent(block, type, {path, files});
    default:
      return decodeContent(block, type, {path, files});
  }
}

/** Blocks that may stand in the result of a tool as well as in a message. */
export function decodeContent(
  block: JsonObject,
  type: string,
  {path, files}: ContentContext,
): readonly AskedContent[] {
  if (isOneOf(silentBlocks, type)) return [];
  if (isOneOf(toldAsText, type)) return [said(`\`\`\`${type}\n${stringifyJson(block)}\n\`\`\``)];
  switch (type) {
    case 'text': {
      const {text} = check.text(block, path);
      if (text === '') throw fault('messages', 'text content blocks must be non-empty');
      return [said(text)];
    }
    case 'image':
      return [decodeImage(check.image(block, path).source, {path: `${path}.image.source`, files})];
    case 'document':
      return decodeDocument(block, {path, files});
    case 'search_result': {
      const {source, title, content} = check.search_result(block, path);
      return [said(`${title}\n${source}`), ...decodeTexts(content, `${path}.content`)];
    }
    case 'container_upload':
      throw notSupported(path, 'there is no container that a file could be put into');
    default:
      throw fault(
        path,
        `Input tag '${type}' found using 'type' does not match any of the expected tags: ${listOf([...Object.keys(blocks), ...silentBlocks, ...toldAsText])}`,
      );
  }
}

/** @throws RetakeError `invalid_request` if the text has nothing but white space, as a string or as a block */
export function refuseBlank(text: string, field: 'messages' | 'system'): void {
  if (/^\s+$/.test(text)) throw fault(field, 'text content blocks must contain non-whitespace text');
}

/** Text as a string, or as blocks that become one part each. */
export function decodeTexts(content: string | readonly JsonObject[], path: string): readonly AskedContent[] {
  if (typeof content === 'string') return content === '' ? [] : [said(content)];
  return content.map((block, index) => said(check.text(block, `${path}.${index}`).text));
}

function decodeImage(source: JsonObject, {path, files}: ContentContext): Attachment {
  const {type} = checkType(source, path);
  switch (type) {
    case 'base64': {
      const {data, media_type: declaredType} = checkSource.base64(source, `${path}.base64`);
      const field = `${path}.base64.data`;
      return {...attached(bytesOf(data, field), field), declaredType, accepts: 'image'};
    }
    case 'url':
      return {...referred(checkSource.url(source, `${path}.url`).url, `${path}.url.url`), accepts: 'image'};
    case 'file':
      return files.attach(checkSource.file(source, `${path}.file`).file_id, {
        accepts: 'image',
        field: `${path}.file.file_id`,
      });
    default:
      throw unknownSource(path, type, ['base64', 'url', 'file']);
  }
}

/** The model reads the title and the context before the document. */
function decodeDocument(block: JsonObject, {path, files}: ContentContext): readonly AskedContent[] {
  const {source, title, context} = check.document(block, path);
  return [
    ...(title ? [said(`Document title: ${title}`)] : []),
    ...(context ? [said(`Document context: ${context}`)] : []),
    ...decodeDocumentSource(source, {path: `${path}.document.source`, files}),
  ];
}

function decodeDocumentSource(source: JsonObject, {path, files}: ContentContext): readonly AskedContent[] {
  const {type} = checkType(source, path);
  switch (type) {
    case 'base64': {
      const {data, media_type: declaredType} = checkSource.base64(source, `${path}.base64`);
      const field = `${path}.base64.data`;
      return [{...attached(bytesOf(data, field), field), declaredType, accepts: 'document'}];
    }
    case 'text':
      return [said(withContent(checkSource.text(source, `${path}.text`).data, `${path}.text.data`))];
    case 'content': {
      const {content} = checkSource.content(source, `${path}.content`);
      if (typeof content === 'string') return [said(withContent(content, `${path}.content.content`))];
      return content.flatMap((inner, index) => {
        const at = `${path}.content.content.${index}`;
        return decodeContent(inner, checkType(inner, at).type, {path: at, files});
      });
    }
    case 'url':
      return [
        {...referred(checkSource.url(source, `${path}.url`).url, `${path}.url.url`), accepts: 'document'},
      ];
    case 'file':
      return [
        files.attach(checkSource.file(source, `${path}.file`).file_id, {
          accepts: 'document',
          field: `${path}.file.file_id`,
        }),
      ];
    default:
      throw unknownSource(path, type, Object.keys(sources));
  }
}

function withContent(text: string, path: string): string {
  if (text.trim() === '') throw fault(path, 'document content must contain non-whitespace text');
  return text;
}

/** A tool result: its text and its other content. */
function decodeResult(
  block: JsonObject,
  path: string,
  {history, files}: MessageContext,
): ToolResultPart<AskedContent> {
  const {tool_use_id: id, content = '', is_error: isError} = check.tool_result(block, path);
  history.answer(id, path);
  const parts =
    typeof content === 'string'
      ? [said(content)]
      : content.flatMap((inner, index) => {
          const at = `${path}.content.${index}`;
          return decodeContent(inner, checkType(inner, at).type, {path: at, files});
        });
  const others = parts.filter(part => part.type !== 'text');
  return omitUndefined({
    type: 'tool-result',
    call: id,
    value: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    content: others.length > 0 ? others : undefined,
    isError: isError || undefined,
  });
}

function said(text: string): AskedContent {
  return {type: 'text', text};
}

function attached(bytes: Uint8Array, field: string): Attachment {
  return {type: 'attachment', source: {kind: 'bytes', bytes}, field};
}

function referred(uri: string, field: string): Attachment {
  return {type: 'attachment', source: {kind: 'reference', uri}, field};
}

function bytesOf(data: string, field: string): Uint8Array {
  const read = readBase64(data);
  if (read instanceof Uint8Array) return read;
  throw fault(field, `Invalid base64 data: ${read}`);
}

function unknownSource(path: string, type: string, known: readonly string[]): Error {
  return fault(
    path,
    `Input tag '${type}' found using 'type' does not match any of the expected tags: ${listOf(known)}`,
  );
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
