import type {TObject} from '@sinclair/typebox';
import {type JsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {fieldOf, fieldsHandledAs} from '../kit/fields.js';
import {ChatCompletionRequest} from './chat-completions/schema.js';
import {unknownParameter} from './invalid-value.js';

/** Throws `not_supported` for the first refused field that asks for something. */
export function refuseUnsupported(schema: TObject, object: JsonObject, path = ''): void {
  for (const [name, value] of fieldsHandledAs('refused', {schema, object})) {
    const sameAsAbsent: readonly JsonValue[] = fieldOf(schema, name)?.['sameAsAbsent'];
    if (sameAsAbsent.some(absent => stringifyJson(absent) === stringifyJson(value))) continue;
    throw notSupported(path === '' ? name : `${path}.${name}`);
  }
}

/** The fields that are passed on as they came: those marked so, and those that the schema does not know. */
export function extrasOf(schema: TObject, object: JsonObject): JsonObject {
  return Object.fromEntries(fieldsHandledAs('extras', {schema, object, unnamed: 'extras'}));
}

/** A field of chat completions means nothing to another endpoint, and would mean something else to an upstream. */
export function refuseForeign(schema: TObject, object: JsonObject): void {
  for (const name of Object.keys(object)) {
    if (!fieldOf(schema, name) && fieldOf(ChatCompletionRequest, name)) throw unknownParameter(name);
  }
}

/** The 400 for what the real API may know but retake cannot honour; `value` is named where the field takes others. */
export function notSupported(path: string, value?: string): RetakeError {
  const message =
    value === undefined
      ? `Unsupported parameter: '${path}' is not supported by retake.`
      : `Unsupported value: '${path}' does not support '${value}' in retake.`;
  return new RetakeError('not_supported', message, {
    field: path,
    hint: 'Without it this would be another question, so retake does not answer. Leave it out if you can.',
  });
}
