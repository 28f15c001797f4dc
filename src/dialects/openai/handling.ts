import type {TObject} from '@sinclair/typebox';
import {type JsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {fieldOf, fieldsHandledAs} from '../kit/fields.js';
import {ChatCompletionRequest} from './chat-completions/schema.js';
import {unknownParameter} from './invalid-value.js';

/** Throws `not_supported` for the first refused field with an effect. */
export function refuseUnsupported(schema: TObject, object: JsonObject, path = ''): void {
  for (const [name, value] of fieldsHandledAs('refused', {schema, object})) {
    const sameAsAbsent: readonly JsonValue[] = fieldOf(schema, name)?.['sameAsAbsent'];
    if (sameAsAbsent.some(absent => stringifyJson(absent) === stringifyJson(value))) continue;
    throw notSupported(path === '' ? name : `${path}.${name}`);
  }
}

/** The fields to send on unchanged: those marked as extras, and those that the schema does not list. */
export function extrasOf(schema: TObject, object: JsonObject): JsonObject {
  return Object.fromEntries(fieldsHandledAs('extras', {schema, object, unnamed: 'extras'}));
}

/** The field belongs to chat completions: it has no effect on this endpoint, and would have another meaning upstream. */
export function refuseForeign(schema: TObject, object: JsonObject): void {
  for (const name of Object.keys(object)) {
    if (!fieldOf(schema, name) && fieldOf(ChatCompletionRequest, name)) throw unknownParameter(name);
  }
}

/** The 400 for fields that the real API may accept but retake cannot serve; `value` is named if the field accepts others. */
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
