import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';

/** The data of an event as an object. @throws RetakeError `upstream_failed` */
export function parseEvent(data: string): JsonObject {
  let event: JsonValue;
  try {
    event = parseJson(data);
  } catch (cause) {
    throw damagedEvent('it is not valid JSON', data, cause);
  }
  if (!isJsonObject(event)) throw damagedEvent('it is not an object', data);
  return event;
}

export function damagedEvent(problem: string, data: string, cause?: unknown): RetakeError {
  const beginning = data.length <= 80 ? data : `${data.slice(0, 80)}…`;
  return new RetakeError(
    'upstream_failed',
    `Expected a chunk of a completion from the upstream, but ${problem}: ${beginning}`,
    {cause},
  );
}
