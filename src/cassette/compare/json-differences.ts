import compareMembers from 'microdiff';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';

/** A place where two JSON values differ; an absent side has nothing there. */
export type JsonDifference = {
  /** RFC 6901; the empty pointer is the whole value. */
  readonly pointer: string;
  /** Whether it is an item of a list, and no member with a name. */
  readonly isItem: boolean;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
};

/** Every place where two values differ, in the order of the values. */
export function jsonDifferences(before: JsonValue, after: JsonValue): readonly JsonDifference[] {
  if (!haveMembers(before, after))
    return Object.is(before, after) ? [] : [{pointer: '', isItem: false, before, after}];
  return compareMembers(withoutPrototype(before), withoutPrototype(after), {cyclesFix: false}).map(
    difference =>
      omitUndefined({
        pointer: difference.path.map(name => `/${escapeName(String(name))}`).join(''),
        isItem: typeof difference.path.at(-1) === 'number',
        before: 'oldValue' in difference ? (difference.oldValue as JsonValue) : undefined,
        after: 'value' in difference ? (difference.value as JsonValue) : undefined,
      }),
  );
}

/** Whether keys or types differ there, and not only values. A list that has more or fewer items keeps its shape. */
export function changesShape({before, after, isItem}: JsonDifference): boolean {
  if (isItem && (before === undefined || after === undefined)) return false;
  return typeOf(before) !== typeOf(after);
}

/** `string`, `number`, `list` …; `none` where there is nothing. */
export function typeOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function haveMembers(before: JsonValue, after: JsonValue): boolean {
  return (isJsonObject(before) && isJsonObject(after)) || (Array.isArray(before) && Array.isArray(after));
}

/** The library looks members up with `in`, which would find `toString` in any ordinary object. */
function withoutPrototype(value: JsonValue): Record<string, JsonValue> | JsonValue[] {
  const strip = (inner: JsonValue): JsonValue =>
    typeof inner === 'object' && inner !== null ? (withoutPrototype(inner) as JsonValue) : inner;
  if (Array.isArray(value)) return value.map(strip);
  const plain: Record<string, JsonValue> = Object.create(null);
  if (isJsonObject(value)) for (const [name, member] of Object.entries(value)) plain[name] = strip(member);
  return plain;
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
