import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';

/**
 * The value with every string rewritten, members in sorted order so that numbering does not depend on how the object was built. What no
 * string of changes is not copied.
 */
export function mapStrings(
  value: JsonValue,
  rewrite: (text: string) => string,
  isLeft?: (object: JsonObject) => boolean,
): JsonValue {
  if (typeof value === 'string') return rewrite(value);
  if (Array.isArray(value)) return mapItems(value, rewrite, isLeft);
  if (!isJsonObject(value) || isLeft?.(value)) return value;
  const names = Object.keys(value);
  let rewritten: Map<string, JsonValue> | undefined;
  let isComplete = true;
  for (const name of names.toSorted()) {
    const member = value[name];
    if (member === undefined) {
      isComplete = false;
      continue;
    }
    const mapped = mapStrings(member, rewrite, isLeft);
    if (mapped === member) continue;
    rewritten ??= new Map();
    rewritten.set(name, mapped);
  }
  if (!rewritten && isComplete) return value;
  // The members keep their own order, which has a meaning in a schema's properties.
  const members = names.flatMap((name): [string, JsonValue][] => {
    const member = rewritten?.get(name) ?? value[name];
    return member === undefined ? [] : [[name, member]];
  });
  return objectOf(members);
}

function mapItems(
  items: readonly JsonValue[],
  rewrite: (text: string) => string,
  isLeft?: (object: JsonObject) => boolean,
): JsonValue {
  const mapped = items.map(item => mapStrings(item, rewrite, isLeft));
  return mapped.every((item, index) => item === items[index]) ? items : mapped;
}
