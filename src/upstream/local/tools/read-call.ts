import {isJsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import type {ToolCall} from '../../../chat/reply.js';
import type {ArgumentCheck} from './check-arguments.js';
import {memberText} from './json-span.js';

/** The call that a text is the JSON of, its arguments as they were written; undefined when no function declares such a call. */
export function readCall(text: string, checks: ReadonlyMap<string, ArgumentCheck>): ToolCall | undefined {
  const name = readName(text);
  const isDeclared = name === undefined ? undefined : checks.get(name);
  if (name === undefined || isDeclared === undefined) return undefined;
  const given = memberText(text, 'arguments') ?? memberText(text, 'parameters') ?? '{}';
  return isDeclared(given) ? {name, arguments: given} : undefined;
}

/** The function that a text calls, whatever its arguments. */
export function readName(text: string): string | undefined {
  const value = jsonIn(text);
  return isJsonObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // What is no JSON is no call.
    return undefined;
  }
}
