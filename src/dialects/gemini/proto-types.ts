import {type Static, type TProperties, type TSchema, type TThis, type TUnsafe, Type} from '@sinclair/typebox';
import type {JsonObject, JsonValue} from '../../chat/json.js';
import {type Handling, handled} from '../kit/fields.js';

/**
 * TypeBox schemas of protobuf messages. Each type says in `proto` how ProtoJSON writes it, and each field how it is handled. A refused field
 * is accepted if its value is empty.
 */
export type ProtoHandling = Extract<Handling, 'neutral' | 'ignored' | 'refused'>;

export type ProtoScalar =
  | 'int32'
  | 'int64'
  | 'float'
  | 'double'
  | 'string'
  | 'bool'
  | 'bytes'
  | 'enum'
  | 'value'
  | 'struct';

/** Bounds of a number; `check-bounds.ts` has the errors. */
export type Bounds = {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
};

export const int32 = (bounds: Bounds = {}) => Type.Integer({proto: 'int32', ...bounds});
export const int64 = () => Type.Unsafe<number | bigint>({proto: 'int64'});
export const float = (bounds: Bounds = {}) => Type.Number({proto: 'float', ...bounds});
export const double = () => Type.Number({proto: 'double'});
export const string = () => Type.String({proto: 'string'});
export const bool = () => Type.Boolean({proto: 'bool'});
export const bytes = () => Type.Uint8Array({proto: 'bytes'});

/** `google.protobuf.Value` and `Struct`: the client's own data, whose keys are not fields. */
export const value = () => Type.Unsafe<JsonValue>({proto: 'value'});
export const struct = () => Type.Unsafe<JsonObject>({proto: 'struct'});

/** The names of an enum, at the index of their numbers. */
export const enumeration = <const Name extends string>(typeName: string, names: readonly Name[]) =>
  Type.Unsafe<Name>({type: 'string', enum: names, proto: 'enum', typeName});

export const repeated = <Item extends TSchema>(item: Item, options: {readonly maxItems?: number} = {}) =>
  Type.Array(item, {...options});
export const map = <Item extends TSchema>(item: Item) => Type.Record(Type.String(), item);

/** Every field is optional, as in proto3. Only one field of a `oneof` may be set. */
export const message = <Fields extends TProperties>(
  typeName: string,
  fields: Fields,
  options: {
    readonly oneof?: {readonly name: string; readonly fields: readonly (keyof Fields & string)[]};
  } = {},
) => Type.Partial(Type.Object(fields), {...options, typeName, additionalProperties: false});

/** A message that contains itself. */
export const recursiveMessage = <Message extends TSchema>(
  typeName: string,
  define: (self: TThis) => Message,
) => Type.Recursive(define, {$id: typeName});

export const ignored = (schema: TSchema): TUnsafe<never> => handled(schema, 'ignored') as never;

/** `allowed` are the enum values that have no effect. */
export const refused = (
  schema: TSchema = value(),
  options: {readonly allowed?: readonly string[]} = {},
): TUnsafe<never> => handled({...schema, ...options}, 'refused') as never;

export const handlingOf = (schema: TSchema): ProtoHandling => schema['handling'] ?? 'neutral';

/** Accepted names of the field besides camelCase and snake_case. */
export const alias = <Field extends TSchema>(field: Field, ...aliases: readonly string[]): Field => ({
  ...field,
  aliases,
});

/** The remaining fields of a decoded message: proves at compile time that a decoder reads every neutral field. */
export type NothingLeft = Readonly<Record<string, never>>;

export type {Static};
