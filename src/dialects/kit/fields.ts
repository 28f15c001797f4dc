import {type TSchema, type TUnknown, Type} from '@sinclair/typebox';
import type {JsonValue} from '../../chat/json.js';
import {handled, type OptionalField} from './handling.js';

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

export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return Type.Union(values.map(value => Type.Literal<Values[number]>(value)));
}
