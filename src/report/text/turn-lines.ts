import {formatJson, isJsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';
import {printable, printableLine} from '../printable.js';

/** A turn of a stored request: its role on its own line, and below it text, tool calls, tool results and attachments. */
export function turnLines(turn: JsonValue): readonly string[] {
  if (!isJsonObject(turn)) return indented(formatJson(turn));
  const {role, name, parts, ...others} = turn;
  const speaker = [role, name].filter(word => typeof word === 'string').join(' ');
  return [
    printableLine(speaker === '' ? 'turn' : speaker),
    ...(Array.isArray(parts) ? parts.flatMap(partLines) : []),
    ...(Object.keys(others).length > 0 ? indented(formatJson(others)) : []),
  ];
}

/** Lines of untrusted text, each printable and indented, so that none looks like a line of retake. */
export function indented(text: string): readonly string[] {
  return printable(text)
    .split('\n')
    .map(line => `  ${line}`);
}

function partLines(part: JsonValue): readonly string[] {
  if (!isJsonObject(part)) return indented(formatJson(part));
  switch (part['type']) {
    case 'text':
      return typeof part['text'] === 'string' ? indented(part['text']) : indented(formatJson(part));
    case 'image':
      return indented(`[image ${textOf(part['sha256'])}]`);
    case 'document':
      return documentLines(part['pages']);
    case 'tool-call':
      return indented(
        `[${textOf(part['call'])}] ${textOf(part['name'])}(${jsonText(part['arguments'] ?? {})})`,
      );
    case 'tool-result':
      return resultLines(part);
    default:
      return indented(formatJson(part));
  }
}

function documentLines(pages: JsonValue | undefined): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(pages) ? pages : [];
  return [
    ...indented(`[document, pages: ${list.length}]`),
    ...list.flatMap((page, index) => {
      const {pixels, text} = isJsonObject(page) ? page : {};
      return [
        ...indented(`[page ${index + 1} ${textOf(pixels)}]`),
        ...(typeof text === 'string' ? indented(text) : []),
      ];
    }),
  ];
}

function resultLines({
  call,
  name,
  value,
  content,
  isError,
}: {
  readonly [member: string]: JsonValue;
}): readonly string[] {
  const which = [textOf(call), name === undefined ? '' : ` of ${textOf(name)}`].join('');
  return [
    ...indented(`[${which}] ${isError === true ? 'failed: ' : 'returned '}${jsonText(value ?? null)}`),
    ...(Array.isArray(content) ? content.flatMap(partLines) : []),
  ];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}

function jsonText(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
