import type {JsonObject} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';

/**
 * The body with what the dialect passes on as it came.
 * @throws RetakeError `invalid_request` when an extra would replace a field of retake's own, or one that decides how the answer is read.
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
