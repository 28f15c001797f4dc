import type {JsonObject} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';

/**
 * Adds the client's extra fields to the body.
 * @throws RetakeError `invalid_request` if one would replace a field of retake's own, or one that determines how the answer is decoded
 */
export function mergeExtras(
  body: JsonObject,
  extras: JsonObject = {},
  reserved: ReadonlySet<string>,
): JsonObject {
  for (const field of Object.keys(extras)) {
    if (!reserved.has(field) && !(field in body)) continue;
    throw new RetakeError(
      'invalid_request',
      `The field "${field}" cannot be passed on: retake sets it itself`,
      {field},
    );
  }
  return {...body, ...extras};
}
