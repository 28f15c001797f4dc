import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import type {RetakeError} from '../../../errors.js';
import {invalidArguments} from '../field-violations.js';

/** The request's name in errors. */
export const requestName = 'CreateInteractionRequest';

export function invalidInput(field: string, description: string): RetakeError {
  return invalidArguments([{field, description}], requestName);
}

export function objectAt(value: JsonValue | undefined, field: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalidInput(field, 'must be an object.');
}

/** An absent or null list is empty, and a single value is a list of one. */
export function listAt(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function textAt(object: JsonObject, name: string, field: string): string | undefined {
  const {[name]: value = null} = object;
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalidInput(`${field}.${name}`, 'must be a string.');
}
