import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';

/** The value with every string in it rewritten, members in sorted order so that numbering never depends on who built the object. */
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
  // The members keep their own order: a schema's properties mean something by it.
  const members = Object.keys(value).flatMap((name): [string, JsonValue][] => {
    const member = rewritten.get(name);
    return member === undefined ? [] : [[name, member]];
  });
  return Object.fromEntries(members);
}
