import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';

/** The value with every string rewritten, members in sorted order so that numbering does not depend on how the object was built. */
export function mapStrings(
  value: JsonValue,
  rewrite: (text: string) => string,
  isLeft: (object: JsonObject) => boolean = () => false,
): JsonValue {
  if (typeof value === 'string') return rewrite(value);
  if (Array.isArray(value)) return value.map(item => mapStrings(item, rewrite, isLeft));
  if (!isJsonObject(value) || isLeft(value)) return value;
  const rewritten = new Map<string, JsonValue>();
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) rewritten.set(name, mapStrings(member, rewrite, isLeft));
  }
  // The members keep their own order, which has a meaning in a schema's properties.
  const members = Object.keys(value).flatMap((name): [string, JsonValue][] => {
    const member = rewritten.get(name);
    return member === undefined ? [] : [[name, member]];
  });
  return objectOf(members);
}
