import {isJsonObject, type JsonObject, type JsonValue} from './json.js';
import {objectOf} from './object-of.js';

/** A JSON Schema: an object of keywords, or `true` or `false`. The order of `properties` is part of its meaning. */
export type JsonSchema = JsonValue;

/** Where JSON Schema keywords hold further schemas: one, a list, or a map of names (JSON Schema 2020-12, section 10). */
const schemaKeywords = new Set([
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const schemaListKeywords = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']);
const schemaMapKeywords = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
]);

/**
 * Rewrites every schema inside a schema, innermost first, and then the schema itself. What is data (`enum`, `const`, `default`,
 * examples) and the names of properties are left alone.
 */
export function mapSchema(schema: JsonSchema, rewrite: (schema: JsonObject) => JsonSchema): JsonSchema {
  if (!isJsonObject(schema)) return schema;
  return rewrite(mapSubschemas(schema, inner => mapSchema(inner, rewrite)));
}

/** Where a schema is in the one around it: a keyword, and behind some the number or the name of the schema. */
export type SchemaSteps = readonly [keyword: string, ...place: string[]];

/** Replaces the schemas directly inside a schema. */
export function mapSubschemas(
  schema: JsonObject,
  map: (inner: JsonSchema, steps: SchemaSteps) => JsonSchema,
): JsonObject {
  const mapped = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => [
    keyword,
    mapKeyword(keyword, value, (inner, ...place) => map(inner, [keyword, ...place])),
  ]);
  return Object.fromEntries(mapped);
}

function mapKeyword(
  keyword: string,
  value: JsonValue,
  map: (schema: JsonSchema, ...place: string[]) => JsonSchema,
): JsonValue {
  if (schemaListKeywords.has(keyword) && Array.isArray(value)) {
    return value.map((inner, index) => map(inner, String(index)));
  }
  if (schemaKeywords.has(keyword)) return map(value);
  if (schemaMapKeywords.has(keyword) && isJsonObject(value)) {
    return objectOf(Object.entries(value).map(([name, inner]) => [name, map(inner, name)]));
  }
  return value;
}

/** Formats that llama.cpp's grammar knows; any other has no effect on an answer. */
const grammarFormats = new Set(['date', 'time', 'date-time', 'uuid']);

/**
 * One form for equivalent schemas: `$schema`, `title`, `additionalProperties: false`, unknown formats and
 * annotations of no effect go; nullability is written `type: [T, "null"]`; `required` is a sorted set. See docs/matching.md.
 */
export function normalizeSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, inner => {
    const {$schema: _dialect, title, nullable, ...rest} = inner;
    const kept: {[keyword: string]: JsonValue} = rest;
    if (title !== undefined && typeof title !== 'string') kept['title'] = title;
    if (kept['additionalProperties'] === false) delete kept['additionalProperties'];
    const format = kept['format'];
    if (typeof format === 'string' && !grammarFormats.has(format)) delete kept['format'];
    if (isListOfStrings(kept['required'])) kept['required'] = sortedSet(kept['required']);
    if (Array.isArray(kept['required']) && kept['required'].length === 0) delete kept['required'];
    if (nullable !== undefined && typeof nullable !== 'boolean') kept['nullable'] = nullable;
    const ordered = withNullLast(kept);
    return nullable === true ? withNullLast(withNull(ordered)) : ordered;
  });
}

/** Keywords that apply to values of any type, including null. */
const judgingKeywords = ['const', '$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'not', 'if'];

function judgesNull(schema: JsonObject): boolean {
  return judgingKeywords.some(keyword => schema[keyword] !== undefined);
}

/** The schema that also allows null. A schema without a type or an enum already does. */
function withNull(schema: JsonObject): JsonObject {
  if (judgesNull(schema)) return withNullBranch(schema);
  const {type, enum: values} = schema;
  const types = typeof type === 'string' ? [type] : type;
  return {
    ...schema,
    ...(Array.isArray(types) && {type: [...types, 'null']}),
    ...(Array.isArray(values) && !values.includes(null) && {enum: [...values, null]}),
  };
}

/** Keywords that stay in place if the rest of a schema becomes a branch of an `anyOf`, because references point at them. */
const outerKeywords = new Set(['description', 'default', '$id', '$anchor', '$defs', 'definitions']);

function withNullBranch(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema);
  const outer = Object.fromEntries(entries.filter(([keyword]) => outerKeywords.has(keyword)));
  const inner = Object.fromEntries(entries.filter(([keyword]) => !outerKeywords.has(keyword)));
  const {anyOf, ...others} = inner;
  const branches = Array.isArray(anyOf) && Object.keys(others).length === 0 ? anyOf : [inner];
  return {...outer, anyOf: [...branches, {type: 'null'}]};
}

/** `anyOf` of one simple schema and null becomes that schema with `type: [T, "null"]`; elsewhere null goes last, once. */
function withNullLast(schema: JsonObject): JsonObject {
  const {type, anyOf, ...rest} = schema;
  const ordered = Array.isArray(type) ? {...schema, type: typesWithNullLast(type)} : schema;
  if (!Array.isArray(anyOf)) return ordered;
  const branches = anyOf.filter(branch => !isNullSchema(branch));
  if (branches.length === anyOf.length) return ordered;
  const [branch] = branches;
  if (branches.length === 1 && isJsonObject(branch) && branch['type'] !== undefined && type === undefined) {
    const clashes = Object.keys(branch).some(keyword => Object.hasOwn(rest, keyword));
    if (!clashes && !judgesNull(branch)) return withNullLast({...rest, ...withNull(branch)});
  }
  return {...ordered, anyOf: [...branches, {type: 'null'}]};
}

/** One type is written without a list. */
function typesWithNullLast(types: readonly JsonValue[]): JsonValue {
  const named = new Set(types);
  const others = [...named].filter(name => name !== 'null');
  const ordered = named.has('null') ? [...others, 'null'] : others;
  const [only] = ordered;
  return ordered.length === 1 && only !== undefined ? only : ordered;
}

function isNullSchema(schema: JsonValue): boolean {
  return isJsonObject(schema) && schema['type'] === 'null' && Object.keys(schema).length === 1;
}

function sortedSet(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function isListOfStrings(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
