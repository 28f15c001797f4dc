import {KindGuard, type TObject, type TSchema} from '@sinclair/typebox';
import {snakeCase} from './field-names.js';
import {type FieldViolation, invalidArguments} from './field-violations.js';

/**
 * Checks a decoded message against the bounds in its schema; `path` is its place, empty for a whole request.
 * @throws RetakeError `invalid_request` with every value out of bounds, in the words of the API
 */
export function checkBounds(
  message: TObject,
  decoded: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const violations = violationsIn(message, decoded, path);
  if (violations.length > 0) throw invalidArguments(violations);
}

function violationsIn(
  message: TObject,
  decoded: Readonly<Record<string, unknown>>,
  path: string,
): readonly FieldViolation[] {
  return Object.entries(message.properties).flatMap(([field, schema]) => {
    const value = decoded[field];
    const name = snakeCase(field);
    const at = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'number') return violation(at, numberComplaint(schema, name, value));
    if (Array.isArray(value)) return violation(at, countComplaint(schema, name, value.length));
    return KindGuard.IsObject(schema) && isRecord(value) ? violationsIn(schema, value, at) : [];
  });
}

function violation(field: string, description: string | undefined): readonly FieldViolation[] {
  return description === undefined ? [] : [{field, description}];
}

function numberComplaint(schema: TSchema, name: string, value: number): string | undefined {
  const {minimum, maximum, exclusiveMaximum}: TSchema = schema;
  if (minimum === undefined) return undefined;
  const upper = maximum ?? exclusiveMaximum;
  if (upper === undefined) {
    const complaint = minimum === 0 ? 'must not be negative.' : 'must be positive.';
    return value >= minimum ? undefined : `${name} ${complaint}`;
  }
  const isBelow = maximum === undefined ? value < upper : value <= upper;
  if (value >= minimum && isBelow) return undefined;
  const digits = schema['proto'] === 'float' ? 1 : 0;
  const bracket = maximum === undefined ? ')' : ']';
  return `${name} must be in the range [${minimum.toFixed(digits)}, ${upper.toFixed(digits)}${bracket}.`;
}

function countComplaint({maxItems}: TSchema, name: string, count: number): string | undefined {
  if (maxItems === undefined || count <= maxItems) return undefined;
  return `the number of ${name} must not exceed ${maxItems}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
