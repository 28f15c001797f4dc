import {isJsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import type {ToolCall} from '../../../chat/reply.js';
import type {ArgumentCheck} from './check-arguments.js';
import {memberText} from './json-span.js';

/** Parses a call from JSON, with its arguments as they were written; undefined if it does not match a declared tool. */
export function readCall(text: string, checks: ReadonlyMap<string, ArgumentCheck>): ToolCall | undefined {
  const name = readName(text);
  const check = name === undefined ? undefined : checks.get(name);
  if (name === undefined || check === undefined) return undefined;
  const given = memberText(text, 'arguments') ?? memberText(text, 'parameters') ?? '{}';
  return check(given) ? {name, arguments: given} : undefined;
}

/** The name of the tool that a text calls, whatever its arguments. */
export function readName(text: string): string | undefined {
  const value = jsonIn(text);
  return isJsonObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // Text that is not JSON is not a call.
    return undefined;
  }
}
