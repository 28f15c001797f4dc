import {isJsonObject, type JsonValue, parseJson} from './json.js';
import {omitUndefined} from './omit-undefined.js';
import type {Part, Turn} from './request.js';
import {type JsonSchema, normalizeSchema} from './schema.js';
import type {Tool, ToolCallPart, ToolChoice, ToolResultPart} from './tools.js';

/** A function without arguments is written without parameters, with `{}`, and with an object that has no properties. */
export function normalizeTools(tools: readonly Tool[]): readonly Tool[] {
  return tools.map(({name, description, parameters}) => {
    const schema = parameters && normalizeSchema(parameters);
    return omitUndefined({
      name,
      description: description || undefined,
      parameters: schema !== undefined && !takesNothing(schema) ? schema : undefined,
    });
  });
}

function takesNothing(schema: JsonSchema): boolean {
  if (!isJsonObject(schema)) return false;
  const {type = 'object', properties = {}, ...rest} = schema;
  const isEmpty = isJsonObject(properties) && Object.keys(properties).length === 0;
  return type === 'object' && isEmpty && Object.keys(rest).length === 0;
}

/** A free choice among all tools is the default, so it is omitted. The allowed names are a set. */
export function normalizeToolChoice(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (choice === undefined) return undefined;
  const {type, allowed} = choice;
  if (allowed === undefined || allowed.length === 0) return type === 'auto' ? undefined : {type};
  return {type, allowed: [...new Set(allowed)].sort()};
}

/**
 * Turns with the ids of calls renamed by order of appearance, and results in the order of their calls: of results that follow one
 * another each API has its own way to cut them into turns, and clients give those of parallel calls as they come in.
 */
export function normalizeToolTurns(turns: readonly Turn[]): readonly Turn[] {
  const calls = new CallNames();
  return mergeToolTurns(turns).map(turn => {
    const parts = turn.parts.map(part => normalizePart(part, calls));
    return turn.role === 'tool' ? {...turn, parts: inOrderOfCalls(parts)} : {...turn, parts};
  });
}

/** The call ids of a request and their replacements. A reused id names the later call from then on. */
class CallNames {
  readonly #names = new Map<string, {readonly call: string; readonly tool: string | undefined}>();
  #count = 0;

  begin(call: string, tool: string | undefined): string {
    const name = `call-${++this.#count}`;
    this.#names.set(call, {call: name, tool});
    return name;
  }

  find(call: string): {readonly call: string; readonly tool: string | undefined} {
    const known = this.#names.get(call);
    return known ?? {call: this.begin(call, undefined), tool: undefined};
  }
}

function normalizePart(part: Part, calls: CallNames): Part {
  if (part.type === 'tool-call') return normalizeCall(part, calls);
  if (part.type === 'tool-result') return normalizeResult(part, calls);
  return part;
}

function normalizeCall(part: ToolCallPart, calls: CallNames): ToolCallPart {
  const call = calls.begin(part.call, part.name);
  const parsed = typeof part.arguments === 'string' ? argumentsIn(part.arguments) : part.arguments;
  return {...part, call, arguments: isJsonObject(parsed) ? parsed : part.arguments};
}

/** A call without arguments is written with an empty text or with an empty object. */
function argumentsIn(text: string): JsonValue | undefined {
  return text.trim() === '' ? {} : jsonIn(text);
}

/** The name of the function is kept only if the call is missing. */
function normalizeResult<Given>(
  {call, name, value, content, ...rest}: ToolResultPart<Given>,
  calls: CallNames,
): ToolResultPart<Given> {
  const known = calls.find(call);
  return omitUndefined({
    ...rest,
    call: known.call,
    name: name !== undefined && known.tool === undefined ? name : undefined,
    value: typeof value === 'string' ? (jsonIn(value) ?? value) : value,
    content: content && content.length > 0 ? content : undefined,
  });
}

/** The object or list that a text is the JSON of; undefined for any other text. */
function jsonIn(text: string): JsonValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    // Not JSON, so it is text.
    return undefined;
  }
}

function mergeToolTurns(turns: readonly Turn[]): readonly Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (turn.role === 'tool' && last?.role === 'tool') {
      merged[merged.length - 1] = {...last, parts: [...last.parts, ...turn.parts]};
    } else merged.push(turn);
  }
  return merged;
}

function inOrderOfCalls(parts: readonly Part[]): readonly Part[] {
  const number = (part: Part) => (part.type === 'tool-result' ? Number(part.call.slice('call-'.length)) : 0);
  return parts.toSorted((a, b) => number(a) - number(b));
}
