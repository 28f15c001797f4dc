import {type TSchema, TypeGuard} from '@sinclair/typebox';
import {placesOf} from './places.js';

/** What the schema of a setting expects, as the end of a sentence: `a whole number from 0 to 65535`. */
export function describeExpectation(schema: TSchema): string {
  if (TypeGuard.IsUnion(schema)) return joinWith('or', schema.anyOf.map(describeExpectation));
  if (TypeGuard.IsLiteral(schema)) return `\`${schema.const}\``;
  if (TypeGuard.IsBoolean(schema)) return '`true` or `false`';
  if (TypeGuard.IsInteger(schema)) return `a whole number${describeRange(schema)}`;
  if (TypeGuard.IsNumber(schema)) return `a number${describeRange(schema)}`;
  if (TypeGuard.IsString(schema)) {
    return schema.pattern === undefined
      ? 'a text that is not empty'
      : (placesOf(schema).expected ?? `a text that matches ${schema.pattern}`);
  }
  if (TypeGuard.IsArray(schema)) return `a list, each item ${describeExpectation(schema.items)}`;
  if (TypeGuard.IsObject(schema)) {
    const names = Object.keys(schema.properties).map(name => `\`${name}\``);
    return `an object with ${joinWith('and', names)}`;
  }
  return 'something else';
}

/** The received value, shortened, and its type. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return `\`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\` (${type})`;
}

function describeRange({
  minimum,
  maximum,
  exclusiveMinimum,
}: {
  minimum?: unknown;
  maximum?: unknown;
  exclusiveMinimum?: unknown;
}): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  if (exclusiveMinimum !== undefined) return ` greater than ${exclusiveMinimum}`;
  return '';
}

export function joinWith(word: 'and' | 'or', parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}
