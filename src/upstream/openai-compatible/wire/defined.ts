import type {JsonObject, JsonValue} from '../../../chat/json.js';

/** The members that have a value: JSON has no undefined. */
export function defined(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const present: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) present[name] = value;
  return present;
}
