import {type TOptionalWithFlag, type TSchema, type TUnknown, Type} from '@sinclair/typebox';
import type {JsonObject, JsonValue} from '../../chat/json.js';

/**
 * What becomes of a field: `neutral` is translated, `extras` is passed on as it came and is part of the key, `ignored` cannot
 * change an answer, `refused` is an error unless its value means the same as leaving it out.
 */
export type Handling = 'neutral' | 'extras' | 'ignored' | 'refused';

export type Handled<How extends Handling> = {
  readonly handling: How;
  /** Values of a refused field that mean the same as leaving it out. */
  readonly sameAsAbsent: readonly JsonValue[];
};

export function handled<Schema extends TSchema, How extends Handling>(
  schema: Schema,
  handling: How,
  sameAsAbsent: readonly JsonValue[] = [],
): Schema & Handled<How> {
  return Object.assign(schema, {handling, sameAsAbsent});
}

/** A field that may be left out. */
export type OptionalField<Schema extends TSchema, How extends Handling> = TOptionalWithFlag<Schema, true> &
  Handled<How>;

export function neutral<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'neutral'> {
  return handled(Type.Optional(schema), 'neutral');
}

export function extras<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'extras'> {
  return handled(Type.Optional(schema), 'extras');
}

export function ignored<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'ignored'> {
  return handled(Type.Optional(schema), 'ignored');
}

export function refused(...sameAsAbsent: readonly JsonValue[]): OptionalField<TUnknown, 'refused'> {
  return handled(Type.Optional(Type.Unknown()), 'refused', sameAsAbsent);
}

export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return Type.Union(values.map(value => Type.Literal<Values[number]>(value)));
}

export const Decimal = (minimum: number, maximum: number) => Type.Number({minimum, maximum});
export const Integer = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({minimum, maximum});

/** Beyond 2^53 an integer is a bigint in the parsed body. */
export const AnyInteger = Type.Union([Type.Integer(), Type.BigInt()]);

export const AnyObject = Type.Unsafe<JsonObject>(Type.Object({}));
