import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {type JsonSchema, mapSubschemas} from '../../../chat/schema.js';
import type {SchemaProblem} from '../../../chat/schema-fault.js';
import {isPattern} from '../../../grammars/is-pattern.js';
import {createReferenceFinder, type ReferenceFinder} from './find-reference.js';
import {canEnd, checksItself} from './self-reference.js';

export type ProblemOptions = {
  /** Whether a property may be something else than a schema, which then allows any value: samples of SDKs have a plain word there. */
  readonly acceptsWords: boolean;
};

/** The first reason why a JSON Schema is none, or why no value can be valid; undefined if there is none. */
export function findProblem(root: JsonSchema, {acceptsWords}: ProblemOptions): SchemaProblem | undefined {
  if (root === false) return {steps: [], sentence: 'False schema does not allow any value'};
  const finder = createReferenceFinder(root);
  let found: SchemaProblem | undefined;

  const visit = (schema: JsonSchema, steps: readonly string[], outer: string): JsonSchema => {
    if (found !== undefined || typeof schema === 'boolean') return schema;
    if (!isJsonObject(schema)) {
      if (!acceptsWords || steps.at(-2) !== 'properties') {
        found = {steps, sentence: `${quoted(schema)} is not of type 'object', 'boolean'`};
      }
      return schema;
    }
    const base = finder.baseOf(schema, outer);
    const sentence = keywordProblem(schema) ?? referenceProblem(schema, base, finder);
    if (sentence !== undefined) found = {steps, sentence};
    mapSubschemas(schema, (inner, inside) => visit(inner, [...steps, ...inside], base));
    return schema;
  };
  visit(root, [], finder.root.base);
  if (found !== undefined || canEnd(finder.root, finder)) return found;
  return {steps: [], sentence: 'no value is allowed, because it would have to contain itself without end'};
}

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const counts = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const lists = ['anyOf', 'oneOf', 'allOf'];
const maps = ['properties', 'patternProperties', '$defs', 'definitions'];
const ranges: readonly (readonly [low: string, high: string, isOpen: boolean])[] = [
  ['minLength', 'maxLength', false],
  ['minItems', 'maxItems', false],
  ['minProperties', 'maxProperties', false],
  ['minimum', 'maximum', false],
  ['exclusiveMinimum', 'maximum', true],
  ['minimum', 'exclusiveMaximum', true],
  ['exclusiveMinimum', 'exclusiveMaximum', true],
];

/** The sentences are those of the Python package `jsonschema`, which OpenAI passes on. */
function keywordProblem(schema: JsonObject): string | undefined {
  const {type, enum: values, required, pattern} = schema;
  const named = Array.isArray(type) ? type : [type];
  if (type !== undefined && (named.length === 0 || !named.every(isType))) {
    return `${quoted(type)} is not valid under any of the given schemas`;
  }
  if (values !== undefined && !Array.isArray(values)) return `${quoted(values)} is not of type 'array'`;
  if (Array.isArray(values) && values.length === 0) return '[] should be non-empty';
  if (required !== undefined && required !== null && !Array.isArray(required))
    return `${quoted(required)} is not of type 'array'`;
  if (Array.isArray(required) && required.some(name => typeof name !== 'string')) {
    return `${quoted(required.find(name => typeof name !== 'string'))} is not of type 'string'`;
  }
  for (const name of lists) {
    const members = schema[name];
    if (members === undefined) continue;
    if (!Array.isArray(members)) return `${quoted(members)} is not of type 'array'`;
    if (members.length === 0) return '[] should be non-empty';
  }
  for (const name of maps) {
    const members = schema[name];
    if (members !== undefined && !isJsonObject(members)) return `${quoted(members)} is not of type 'object'`;
  }
  for (const name of counts) {
    const count = schema[name];
    if (count === undefined) continue;
    if (!Number.isInteger(Number(count)) || !isNumber(count))
      return `${quoted(count)} is not of type 'integer'`;
    if (count < 0) return `${count} is less than the minimum of 0`;
  }
  if (pattern !== undefined && (typeof pattern !== 'string' || !isPattern(pattern))) {
    return `${quoted(pattern)} is not a 'regex'`;
  }
  const {patternProperties = {}} = schema;
  const broken = Object.keys(isJsonObject(patternProperties) ? patternProperties : {}).find(
    name => !isPattern(name),
  );
  if (broken !== undefined) return `${quoted(broken)} is not a 'regex'`;
  return rangeProblem(schema);
}

function rangeProblem(schema: JsonObject): string | undefined {
  for (const [low, high, isOpen] of ranges) {
    const [least, most] = [schema[low], schema[high]];
    if (!isNumber(least) || !isNumber(most)) continue;
    if (isOpen ? least >= most : least > most) {
      return `no value is allowed, because ${low} is ${least} and ${high} is ${most}`;
    }
  }
  return undefined;
}

function referenceProblem(schema: JsonObject, base: string, finder: ReferenceFinder): string | undefined {
  for (const reference of [schema['$ref'], schema['$dynamicRef']]) {
    if (reference === undefined) continue;
    if (typeof reference !== 'string') return `${quoted(reference)} is not of type 'string'`;
    const found = finder.find(reference, base);
    if (found === 'missing') {
      return `reference to component ${quoted(reference)} which was not found in the schema`;
    }
    if (found === 'remote') {
      return `reference to ${quoted(reference)} leads out of the schema, and nothing is fetched for a schema`;
    }
  }
  return checksItself({schema, base}, finder)
    ? 'the schema refers to itself without a value in between'
    : undefined;
}

function isType(name: JsonValue | undefined): boolean {
  return typeof name === 'string' && types.includes(name);
}

function isNumber(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** As Python writes a value. */
function quoted(value: JsonValue | undefined): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value, bigintAsText);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
