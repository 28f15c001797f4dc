import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {objectOf} from '../../../chat/object-of.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {type JsonSchema, mapSchema} from '../../../chat/schema.js';
import type {Schema} from './schema.js';

/** Converts an OpenAPI `Schema` of the Gemini API to JSON Schema. */
export function convertSchema(schema: Schema): JsonObject {
  const {type, nullable, items, properties, anyOf, propertyOrdering, example, ...same} = schema;
  const converted: {[keyword: string]: JsonValue} = {};
  if (type !== undefined && type !== 'TYPE_UNSPECIFIED') converted['type'] = type.toLowerCase();
  else if (properties !== undefined) converted['type'] = 'object';
  Object.assign(converted, withNumbers({...converted, ...same}));
  if (properties !== undefined) {
    const convertedProperties = Object.entries(properties).map(([name, property]): [string, JsonValue] => [
      name,
      convertSchema(property),
    ]);
    converted['properties'] = inOrder(objectOf(convertedProperties), propertyOrdering);
  }
  if (items !== undefined) converted['items'] = convertSchema(items);
  if (example !== undefined) converted['examples'] = [example];
  const branched = anyOf === undefined ? converted : withBranches(converted, anyOf.map(convertSchema));
  return nullable === true ? orNull(branched) : branched;
}

/**
 * A JSON Schema without what clients mix into it from the API's own schemas: upper-case types, numbers as strings, and the keyword
 * `propertyOrdering`.
 */
export function readJsonSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, inner => {
    const read = withNumbers(withTypes(inner));
    const {propertyOrdering, properties, ...rest} = read;
    if (!Array.isArray(propertyOrdering)) return read;
    return omitUndefined({
      ...rest,
      properties: isJsonObject(properties) ? inOrder(properties, propertyOrdering) : undefined,
    });
  });
}

const upperCaseType = /^(?:STRING|NUMBER|INTEGER|BOOLEAN|ARRAY|OBJECT|NULL)$/;

/** Types in JSON Schema's names. Gemini CLI sends those of the API's own schemas. */
function withTypes(schema: JsonObject): JsonObject {
  const {type, ...rest} = schema;
  if (type === undefined) return schema;
  if (type === 'TYPE_UNSPECIFIED') return rest;
  return {...schema, type: Array.isArray(type) ? type.map(lowerCase) : lowerCase(type)};
}

function lowerCase(type: JsonValue): JsonValue {
  return typeof type === 'string' && upperCaseType.test(type) ? type.toLowerCase() : type;
}

const countKeywords = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'];

/** The API's own schemas write the values of a numeric enum, and 64-bit counts, as strings. */
function withNumbers(schema: JsonObject): JsonObject {
  const {type, enum: values} = schema;
  const types = Array.isArray(type) ? type : [type];
  const isNumeric =
    types.some(name => name === 'integer' || name === 'number') && !types.some(name => name === 'string');
  const counts = countKeywords.flatMap((keyword): [string, JsonValue][] =>
    Object.hasOwn(schema, keyword) ? [[keyword, numberIn(schema[keyword] ?? null)]] : [],
  );
  const numbers: JsonObject = isNumeric && Array.isArray(values) ? {enum: values.map(numberIn)} : {};
  return {...schema, ...Object.fromEntries(counts), ...numbers};
}

function numberIn(value: JsonValue): JsonValue {
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

/** Property order is part of a neutral schema's meaning: the answer follows it. */
function inOrder(properties: JsonObject, ordering: readonly JsonValue[] | undefined): JsonObject {
  if (ordering === undefined) return properties;
  const first = ordering.filter(name => typeof name === 'string' && Object.hasOwn(properties, name));
  const names = new Set([...first.map(String), ...Object.keys(properties)]);
  return objectOf([...names].map((name): [string, JsonValue] => [name, properties[name] ?? null]));
}

const annotations = new Set(['title', 'description', 'default', 'examples']);

/**
 * Constraints beside `anyOf` hold in every branch. A grammar honours one or the other, so they are moved into the branches; a
 * branch of another type stands as it is.
 */
function withBranches(schema: JsonObject, branches: readonly JsonObject[]): JsonObject {
  const outside = Object.entries(schema).filter(([keyword]) => annotations.has(keyword));
  const inside = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.has(keyword)));
  return {...Object.fromEntries(outside), anyOf: branches.map(branch => constrain(branch, inside))};
}

function constrain(branch: JsonObject, constraints: JsonObject): JsonObject {
  const isOfType = branch['type'] === undefined || branch['type'] === constraints['type'];
  if (!isOfType || branch['anyOf'] !== undefined) return branch;
  const merged = {...constraints, ...branch};
  const properties = mergeObjects(constraints['properties'], branch['properties']);
  const required = mergeLists(constraints['required'], branch['required']);
  return {...merged, ...(properties && {properties}), ...(required && {required})};
}

function mergeObjects(left: JsonValue | undefined, right: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(left) && isJsonObject(right)
    ? objectOf([...Object.entries(left), ...Object.entries(right)])
    : undefined;
}

function mergeLists(left: JsonValue | undefined, right: JsonValue | undefined): JsonValue[] | undefined {
  return Array.isArray(left) && Array.isArray(right) ? [...new Set([...left, ...right])] : undefined;
}

function orNull(schema: JsonObject): JsonObject {
  const {type, enum: values, anyOf} = schema;
  if (Array.isArray(anyOf)) return {...schema, anyOf: [...anyOf, {type: 'null'}]};
  return {
    ...schema,
    ...(typeof type === 'string' && type !== 'null' && {type: [type, 'null']}),
    ...(Array.isArray(values) && {enum: [...values, null]}),
  };
}
