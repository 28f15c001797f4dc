import {isJsonObject, type JsonObject, parseJson} from './json.js';

/** JSON text that is inserted unchanged into a larger text, so that digits and member order survive. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Writable =
  | null
  | boolean
  | number
  | bigint
  | string
  | undefined
  | JsonText
  | readonly Writable[]
  | {readonly [key: string]: Writable};

/** The JSON text of a value; undefined members are left out. */
export function writeJson(value: Writable): string {
  if (value instanceof JsonText) return value.text;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(member)}`],
  );
  return `{${members.join(',')}}`;
}

/**
 * The arguments of a tool call for an answer: a JSON object on one line, otherwise as the model wrote it. Undefined if the text is not a
 * JSON object; empty text is a call without arguments.
 */
export function argumentsText(text: string): JsonText | undefined {
  if (text.trim() === '') return new JsonText('{}');
  return parseArguments(text) && new JsonText(withoutSpace(text));
}

/** Whether a text is nothing but JSON's white space (RFC 8259), so that `{}` behind it is the arguments of a call without any. */
export function isJsonSpace(text: string): boolean {
  return /^[\t\n\r ]*$/.test(text);
}

/** The arguments of a tool call, if the text is a JSON object. */
export function parseArguments(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Text that is not JSON is not an object.
    return undefined;
  }
}

function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_match, string: string | undefined) => string ?? '');
}
