import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {Damaged} from './damaged-event.js';

/** A member, unless it is null, `""` or `"null"`, which mean the same as its absence. */
export function presentIn(object: JsonObject, name: string): JsonValue | undefined {
  const {[name]: value = null} = object;
  return value === null || value === '' || value === 'null' ? undefined : value;
}

/** The first of the members that has text. */
export function textIn(object: JsonObject, names: readonly string[], damaged: Damaged): string {
  for (const name of names) {
    const {[name]: value = null} = object;
    if (value === null || value === '') continue;
    if (typeof value !== 'string') throw damaged(`its ${name} is not text`);
    return value;
  }
  return '';
}

/** Whether a member says nothing. */
export function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
