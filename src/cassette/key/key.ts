import {hash} from 'node:crypto';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';

/** A normalised request as plain JSON, after the ignore and redact rules: it is hashed to the key, and stored. */
export type MatchingView = JsonObject;

/** `<scheme>:<sha-256 in hexadecimal>` of a matching view's canonical JSON. */
export type CassetteKey = string & {readonly brand: 'CassetteKey'};

/** Changed matching rules get another number, so that they cause a visible miss and never a silent one. */
export const keyScheme = 1;

/** The key of a matching view. */
export function cassetteKey(view: MatchingView): CassetteKey {
  return keyOfCanonicalText(canonicalView(view));
}

/** The key of a view's canonical text, by the present rules or by older ones. */
export function keyOfCanonicalText(text: string, scheme: number = keyScheme): CassetteKey {
  return `${scheme}:${hash('sha256', `retake:${scheme}\n${text}`, 'hex')}` as CassetteKey;
}

/** The version of the rules that a key was made by. */
export function schemeOf(key: CassetteKey): number {
  return Number(key.slice(0, key.indexOf(':')));
}

/**
 * A matching view's canonical JSON: keys sorted, no white space, numbers in one form. Only a schema's `properties` keep their order,
 * because the grammar made from them writes the answer in that order.
 */
export function canonicalView(view: MatchingView): string {
  return writeObject(view, (name, value) => {
    if (name === 'output') return canonicalHolder(value, 'schema');
    if (name === 'tools' && Array.isArray(value)) {
      return `[${value.map((tool: JsonValue) => canonicalHolder(tool, 'parameters')).join(',')}]`;
    }
    return canonicalJson(value);
  });
}

/** An object of which one member is a schema. */
function canonicalHolder(value: JsonValue, schemaMember: string): string {
  if (!isJsonObject(value)) return canonicalJson(value);
  return writeObject(value, (name, member) =>
    name === schemaMember ? canonicalSchema(member) : canonicalJson(member),
  );
}

/** JSON text that is the same for equal values: sorted keys, integers as their digits (1, 1.0 and 1e0 are `1`). */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    return Number.isInteger(value) ? BigInt(value).toString() : JSON.stringify(value);
  }
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isJsonObject(value)) return writeObject(value, writeMember);
  return JSON.stringify(value);
}

function writeMember(_name: string, member: JsonValue): string {
  return canonicalJson(member);
}

/** Whether two values have the same canonical JSON, without writing it. */
export function isSameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return isNumeric(a) && isNumeric(b) && canonicalJson(a) === canonicalJson(b);
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item: JsonValue, index) => isSameJson(item, b[index]));
  }
  const [mine, theirs] = [a as JsonObject, b as JsonObject];
  const names = Object.keys(mine);
  return (
    names.length === Object.keys(theirs).length &&
    names.every(name => Object.hasOwn(theirs, name) && isSameJson(mine[name], theirs[name]))
  );
}

function isNumeric(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function canonicalSchema(schema: JsonValue): string {
  if (Array.isArray(schema)) return `[${schema.map(canonicalSchema).join(',')}]`;
  if (!isJsonObject(schema)) return canonicalJson(schema);
  return writeObject(schema, (keyword, value) => {
    if (dataKeywords.has(keyword)) return canonicalJson(value);
    if (keyword === 'properties' && isJsonObject(value))
      return writeMembers(Object.entries(value), canonicalSchema);
    if (mapKeywords.has(keyword) && isJsonObject(value))
      return writeObject(value, (_name, inner) => canonicalSchema(inner));
    return canonicalSchema(value);
  });
}

/** Keywords whose value is data, in which a member called `properties` has no special meaning. */
const dataKeywords = new Set(['enum', 'const', 'default', 'example', 'examples']);
/** Keywords whose members are named by the author of the schema. */
const mapKeywords = new Set(['$defs', 'definitions', 'patternProperties', 'dependentSchemas']);

function writeObject(object: JsonObject, write: (name: string, value: JsonValue) => string): string {
  let text = '';
  for (const name of Object.keys(object).sort()) {
    const separator = text === '' ? '' : ',';
    text += `${separator}${JSON.stringify(name)}:${write(name, object[name] as JsonValue)}`;
  }
  return `{${text}}`;
}

function writeMembers(
  members: readonly (readonly [string, JsonValue])[],
  write: (value: JsonValue) => string,
): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
}
