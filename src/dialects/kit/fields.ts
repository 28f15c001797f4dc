import {type TObject, type TOptionalWithFlag, type TSchema, type TUnknown, Type} from '@sinclair/typebox';
import type {JsonObject, JsonValue} from '../../chat/json.js';

/**
 * How a field of the body is handled:
 * - `neutral`: translated
 * - `extras`: sent on unchanged, and part of the key
 * - `ignored`: checked and dropped, because it cannot change an answer
 * - `unserved`: part of the key and not sent on, because only the provider can serve it; accepted with a warning
 * - `refused`: an error, unless its value means the same as leaving it out
 */
export type Handling = 'neutral' | 'extras' | 'ignored' | 'unserved' | 'refused';

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
  return {...schema, handling, sameAsAbsent};
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

export function unserved<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'unserved'> {
  return handled(Type.Optional(schema), 'unserved');
}

export function refused(...sameAsAbsent: readonly JsonValue[]): OptionalField<TUnknown, 'refused'> {
  return handled(Type.Optional(Type.Unknown()), 'refused', sameAsAbsent);
}

/** The field's schema; undefined for a field that the object's schema does not name. */
export function fieldOf(schema: TObject, name: string): TSchema | undefined {
  return Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
}

/** The given fields that the schema handles in this way; `unnamed` is how it handles a field that it does not name. */
export function fieldsHandledAs(
  handling: Handling,
  {schema, object, unnamed}: {schema: TObject; object: JsonObject; unnamed?: Handling},
): readonly (readonly [name: string, value: JsonValue])[] {
  return Object.entries(object).filter(
    ([name]) => (fieldOf(schema, name)?.['handling'] ?? unnamed) === handling,
  );
}

/** An object schema that names all its members: any other is an error. */
export function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, {additionalProperties: false});
}

export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return Type.Union(values.map(value => Type.Literal<Values[number]>(value)));
}

export const AnyObject = Type.Unsafe<JsonObject>(Type.Object({}));
