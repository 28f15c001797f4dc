import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import {notUnderstood} from './provider-failure.js';

/** The data of an event as an object; undefined if it is empty or null. @throws RetakeError `upstream_failed` */
export function parseEventData(data: string): JsonObject | undefined {
  if (data.trim() === '') return undefined;
  let value: JsonValue;
  try {
    value = parseJson(data, {allowsLoneSurrogates: true});
  } catch {
    throw notUnderstood('it is not valid JSON', data);
  }
  return value === null ? undefined : objectIn(value, 'an event');
}

/** A value that has to be an object. @throws RetakeError `upstream_failed` */
export function objectIn(value: JsonValue | undefined, noun: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw notUnderstood(`${noun} is not an object`, value ?? null);
}

/** A member that has to be a list; an absent or null one is empty. @throws RetakeError `upstream_failed` */
export function listIn(object: JsonObject, name: string): readonly JsonValue[] {
  const {[name]: value = null} = object;
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  throw notUnderstood(`its ${name} is not a list`, object);
}

/** A member that has to be text; an absent or null one is empty. @throws RetakeError `upstream_failed` */
export function textIn(object: JsonObject, name: string): string {
  const {[name]: value = null} = object;
  if (value === null) return '';
  if (typeof value === 'string') return value;
  throw notUnderstood(`its ${name} is not text`, object);
}

/** A name of the answer's own, such as that of a model, if it is there. */
export function nameIn(object: JsonObject, key: string): string | undefined {
  const {[key]: value} = object;
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

/** A count of tokens, if it is there. */
export function countIn(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
