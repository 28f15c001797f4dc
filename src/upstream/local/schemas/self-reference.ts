import {isJsonObject, type JsonObject} from '../../../chat/json.js';
import type {JsonSchema} from '../../../chat/schema.js';
import type {Placed, ReferenceFinder} from './find-reference.js';

/** Whether checking a value against a schema leads back to the same schema for the same value. */
export function checksItself(placed: Placed, finder: ReferenceFinder): boolean {
  const visit = (here: Placed, path: ReadonlySet<JsonSchema>): boolean => {
    const {schema} = here;
    if (!isJsonObject(schema)) return false;
    if (path.has(schema)) return true;
    const inside = new Set([...path, schema]);
    const members = ['anyOf', 'oneOf', 'allOf'].flatMap(name => membersOf(schema, name));
    return [...targetsOf(here, finder), ...placedIn(here, members, finder)].some(next => visit(next, inside));
  };
  return visit(placed, new Set());
}

/** Whether some value of a schema ends: one that has to contain another value of the same schema never does. */
export function canEnd(placed: Placed, finder: ReferenceFinder): boolean {
  const ends = new Set<JsonSchema>();
  const visit = (here: Placed, path: ReadonlySet<JsonSchema>): boolean => {
    const {schema} = here;
    if (!isJsonObject(schema) || ends.has(schema)) return true;
    if (path.has(schema)) return false;
    const inside = new Set([...path, schema]);
    const endsIn = (next: Placed) => visit(next, inside);
    const all = [...targetsOf(here, finder), ...placedIn(here, neededBy(schema), finder)];
    const choices = ['anyOf', 'oneOf'].map(name => placedIn(here, membersOf(schema, name), finder));
    const result =
      all.every(endsIn) && choices.every(branches => branches.length === 0 || branches.some(endsIn));
    if (result) ends.add(schema);
    return result;
  };
  return visit(placed, new Set());
}

/** The schemas of which every value contains a value, or is one. */
function neededBy(schema: JsonObject): readonly JsonSchema[] {
  const {type, properties, required, items, minItems} = schema;
  const described = isJsonObject(properties) ? properties : {};
  const names = Array.isArray(required) && type === 'object' ? required : [];
  const members = names.flatMap(name =>
    typeof name === 'string' && Object.hasOwn(described, name) ? [described[name] ?? null] : [],
  );
  const isLong = type === 'array' && typeof minItems === 'number' && minItems > 0;
  return [
    ...membersOf(schema, 'allOf'),
    ...members,
    ...(isLong && items !== undefined && !Array.isArray(items) && schema['prefixItems'] === undefined
      ? [items]
      : []),
  ];
}

function membersOf(schema: JsonObject, name: string): readonly JsonSchema[] {
  const list = schema[name];
  return Array.isArray(list) ? list : [];
}

function placedIn({base}: Placed, members: readonly JsonSchema[], finder: ReferenceFinder): Placed[] {
  return members.map(member => ({
    schema: member,
    base: isJsonObject(member) ? finder.baseOf(member, base) : base,
  }));
}

function targetsOf({schema, base}: Placed, finder: ReferenceFinder): Placed[] {
  if (!isJsonObject(schema)) return [];
  return [schema['$ref'], schema['$dynamicRef']].flatMap(reference => {
    const found = typeof reference === 'string' ? finder.find(reference, base) : 'missing';
    return typeof found === 'string' ? [] : [found];
  });
}
