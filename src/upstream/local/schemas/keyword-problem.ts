import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {isPattern} from '../../../grammars/is-pattern.js';

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const counts = [
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
  ...['minContains', 'maxContains'],
];
/** Keywords with a value of one type. In older drafts an exclusive bound is a boolean. */
const plain: readonly (readonly [name: string, types: readonly string[]])[] = [
  ['minimum', ['number']],
  ['maximum', ['number']],
  ['exclusiveMinimum', ['number', 'boolean']],
  ['exclusiveMaximum', ['number', 'boolean']],
  ['multipleOf', ['number']],
  ['uniqueItems', ['boolean']],
  ['format', ['string']],
];
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
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

/** The first keyword of a schema whose value no schema has. The sentences are those of the Python package `jsonschema`, which OpenAI passes on. */
export function keywordProblem(schema: JsonObject): string | undefined {
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
  for (const [name, allowed] of plain) {
    const value = schema[name];
    if (value === undefined || allowed.includes(isNumber(value) ? 'number' : typeof value)) continue;
    return `${quoted(value)} is not of type ${allowed.map(quoted).join(', ')}`;
  }
  const {multipleOf} = schema;
  if (isNumber(multipleOf) && multipleOf <= 0)
    return `${multipleOf} is less than or equal to the minimum of 0`;
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

function isType(name: JsonValue | undefined): boolean {
  return typeof name === 'string' && types.includes(name);
}

function isNumber(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** As Python writes a value. */
export function quoted(value: JsonValue | undefined): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value, bigintAsText);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
