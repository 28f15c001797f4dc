import type {TSchema} from '@sinclair/typebox';
import {type ValueError, ValueErrorType} from '@sinclair/typebox/errors';
import {RetakeError} from '../../errors.js';

/** The 400 for one place of the body, worded as the API words it: `messages.0.role: Input should be …`. */
export function fault(path: string, sentence: string): RetakeError {
  return new RetakeError('invalid_request', path === '' ? sentence : `${path}: ${sentence}`, {
    ...(path !== '' && {field: path}),
  });
}

/** The 400 for values that the real API may accept but retake cannot serve. */
export function notSupported(path: string, sentence: string): RetakeError {
  return new RetakeError('not_supported', `${path}: ${sentence}`, {
    field: path,
    hint: 'Without it this would be another question, so retake does not answer. Leave it out if you can.',
  });
}

/** The 400 for a value that does not match its schema, in the words of pydantic, as the real API answers. */
export function invalidValue({type, path: pointer, schema}: ValueError, rootPath: string): RetakeError {
  const path = [rootPath, ...pointer.split('/').slice(1)].filter(step => step !== '').join('.');
  switch (type) {
    case ValueErrorType.ObjectRequiredProperty:
      return fault(path, 'Field required');
    case ValueErrorType.ObjectAdditionalProperties:
      return fault(path, 'Extra inputs are not permitted');
    case ValueErrorType.NumberMaximum:
    case ValueErrorType.IntegerMaximum:
      return fault(path, `Input should be less than or equal to ${schema['maximum']}`);
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.IntegerMinimum:
      return fault(path, `Input should be greater than or equal to ${schema['minimum']}`);
    case ValueErrorType.ArrayMinItems:
      return fault(
        path,
        `at least ${schema['minItems'] === 1 ? 'one' : schema['minItems']} item is required`,
      );
    case ValueErrorType.StringMinLength:
      return fault(path, `String should have at least ${schema['minLength']} character`);
    case ValueErrorType.StringMaxLength:
      return fault(path, `String should have at most ${schema['maxLength']} characters`);
    case ValueErrorType.StringPattern:
      return fault(path, `String should match pattern '${schema['pattern']}'`);
    default:
      return fault(path, `Input should be ${expectation(schema)}`);
  }
}

function expectation(schema: TSchema): string {
  if (schema['const'] !== undefined) return `'${schema['const']}'`;
  const variants: readonly TSchema[] = schema['anyOf'] ?? [];
  const literals = variants.flatMap(({const: literal}) => (literal === undefined ? [] : [String(literal)]));
  if (literals.length > 0) return listOf(literals);
  if (variants.length > 0) return [...new Set(variants.map(expectation))].join(' or ');
  return expectations[String(schema['type'])] ?? 'another value';
}

const expectations: Readonly<Record<string, string>> = {
  string: 'a valid string',
  integer: 'a valid integer',
  number: 'a valid number',
  boolean: 'a valid boolean',
  array: 'a valid list',
  object: 'an object',
};

export function listOf(names: readonly string[]): string {
  const quoted = names.map(name => `'${name}'`);
  const [last = ''] = quoted.slice(-1);
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} or ${last}`;
}
