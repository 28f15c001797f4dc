import type {TSchema} from '@sinclair/typebox';
import {type ValueError, ValueErrorType} from '@sinclair/typebox/errors';
import type {JsonObject} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/** The 400 for a value that does not match its schema, with the words, `param` and `code` of the real API. */
export function invalidValue(error: ValueError, root: JsonObject, rootPath: string): RetakeError {
  const path = memberPath(rootPath, root, error.path);
  const {schema, value} = error;
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return missingParameter(path);
    case ValueErrorType.ObjectAdditionalProperties:
      return unknownParameter(path);
    case ValueErrorType.NumberMaximum:
    case ValueErrorType.IntegerMaximum:
      return numberOutOfRange(path, schema, value, 'above');
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.IntegerMinimum:
      return numberOutOfRange(path, schema, value, 'below');
    case ValueErrorType.ArrayMinItems:
      return invalid(
        path,
        'empty_array',
        `empty array. Expected an array with minimum length ${schema['minItems']}, but got an empty array instead.`,
      );
    case ValueErrorType.ArrayMaxItems:
      return invalid(
        path,
        'array_above_max_length',
        `array too long. Expected an array with maximum length ${schema['maxItems']}, but got an array with length ${lengthOf(value)} instead.`,
      );
    case ValueErrorType.StringMinLength:
      return invalid(
        path,
        'empty_string',
        `empty string. Expected a string with minimum length ${schema['minLength']}, but got an empty string instead.`,
      );
    case ValueErrorType.StringMaxLength:
      return invalid(
        path,
        'string_above_max_length',
        `string too long. Expected a string with maximum length ${schema['maxLength']}, but got a string with length ${lengthOf(value)} instead.`,
      );
    case ValueErrorType.StringPattern:
      return invalid(
        path,
        'invalid_value',
        `string does not match pattern. Expected a string that matches the pattern '${schema['pattern']}'.`,
      );
    case ValueErrorType.Union:
      return noVariantMatches(error, root, rootPath, path);
    default:
      if (typeof value === 'bigint' && typeof schema['maximum'] === 'number') {
        return numberOutOfRange(path, schema, value, value > schema['maximum'] ? 'above' : 'below');
      }
      return invalidType(path, schema, value);
  }
}

export function invalidType(path: string, schema: TSchema, value: unknown): RetakeError {
  return new RetakeError(
    'invalid_request',
    `Invalid type for '${path}': expected ${expectation(schema)}, but got ${describe(value)} instead.`,
    {field: path, reason: 'invalid_type'},
  );
}

export function missingParameter(path: string): RetakeError {
  return new RetakeError('invalid_request', `Missing required parameter: '${path}'.`, {
    field: path,
    reason: 'missing_required_parameter',
  });
}

export function unknownParameter(path: string): RetakeError {
  return new RetakeError('invalid_request', `Unknown parameter: '${path}'.`, {
    field: path,
    reason: 'unknown_parameter',
  });
}

/** The 400 for two fields with the same meaning. */
export function onlyOneOf(path: string, other: string): RetakeError {
  return new RetakeError('invalid_request', `Mutually exclusive parameters: '${path}' and '${other}'.`, {
    field: path,
    reason: 'mutually_exclusive_parameters',
  });
}

function invalid(path: string, reason: string, fault: string): RetakeError {
  return new RetakeError('invalid_request', `Invalid '${path}': ${fault}`, {field: path, reason});
}

export type Excess = {
  readonly kind: 'integer' | 'decimal';
  readonly side: 'above' | 'below';
  readonly bound: number | bigint;
};

export function outOfRange(path: string, value: unknown, {kind, side, bound}: Excess): RetakeError {
  const [limit, sign] = side === 'above' ? ['maximum', '<='] : ['minimum', '>='];
  return invalid(
    path,
    `${kind}_${side}_${limit.slice(0, 3)}_value`,
    `${kind} ${side} ${limit} value. Expected a value ${sign} ${bound}, but got ${value} instead.`,
  );
}

function numberOutOfRange(path: string, schema: TSchema, value: unknown, side: Excess['side']): RetakeError {
  const bound: number = side === 'above' ? schema['maximum'] : schema['minimum'];
  return outOfRange(path, value, {kind: schema['type'] === 'number' ? 'decimal' : 'integer', side, bound});
}

/** The error of the variant that the value's type names; otherwise the list of allowed types. */
function noVariantMatches(error: ValueError, root: JsonObject, rootPath: string, path: string): RetakeError {
  const literals = literalsOf(error.schema);
  if (literals !== undefined && typeof error.value === 'string') {
    return new RetakeError(
      'invalid_request',
      `Invalid value: '${error.value}'. Supported values are: ${listWith('and', literals)}.`,
      {field: path, reason: 'invalid_value'},
    );
  }
  for (const errors of error.errors) {
    const inner = errors.First();
    if (inner && (inner.path !== error.path || !isTypeFault(inner.type))) {
      return invalidValue(inner, root, rootPath);
    }
  }
  return invalidType(path, error.schema, error.value);
}

function isTypeFault(type: ValueErrorType): boolean {
  return typeFaults.has(type);
}

const typeFaults: ReadonlySet<ValueErrorType> = new Set([
  ValueErrorType.String,
  ValueErrorType.Array,
  ValueErrorType.Integer,
  ValueErrorType.BigInt,
  ValueErrorType.Literal,
]);

function expectation(schema: TSchema): string {
  const literals = literalsOf(schema);
  if (literals !== undefined) return `one of ${listWith('or', literals)}`;
  const names = typeNames(schema);
  return `${names.length > 1 ? 'one of ' : ''}${withArticle(listWith('or', names))}`;
}

function literalsOf({anyOf}: TSchema): string[] | undefined {
  const variants: readonly TSchema[] = Array.isArray(anyOf) ? anyOf : [];
  const literals = variants.flatMap(({const: literal}) => (literal === undefined ? [] : [`'${literal}'`]));
  return literals.length > 0 ? literals : undefined;
}

function typeNames(schema: TSchema): string[] {
  if (Array.isArray(schema['anyOf'])) return [...new Set(schema['anyOf'].flatMap(typeNames))];
  if (schema['type'] === 'array') return [`array of ${listWith('or', typeNames(schema['items']))}s`];
  return [typeWords[String(schema['type'])] ?? String(schema['type'])];
}

const typeWords: Readonly<Record<string, string>> = {number: 'decimal', bigint: 'integer'};

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return withArticle(typeof value);
}

/** Created on first use, because Node takes 10 ms to load its language data. */
function listWith(word: 'and' | 'or', items: readonly string[]): string {
  return new Intl.ListFormat('en-US', {type: word === 'and' ? 'conjunction' : 'disjunction'}).format(items);
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) || typeof value === 'string' ? value.length : 0;
}

/** A JSON pointer below an object as the API writes it: `stop[2]`, `logit_bias.50256`. */
function memberPath(rootPath: string, root: JsonObject, pointer: string): string {
  let path = rootPath;
  let parent: unknown = root;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(parent)) path += `[${name}]`;
    else path += path === '' ? name : `.${name}`;
    parent = typeof parent === 'object' && parent !== null ? Reflect.get(parent, name) : undefined;
  }
  return path;
}
