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

/** What may be said of a number beyond its type; `check-bounds.ts` words the complaints. */
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

/** `google.protobuf.Value` and `Struct`: the client's own data, whose keys are nobody's fields. */
export const value = () => Type.Unsafe<JsonValue>({proto: 'value'});
export const struct = () => Type.Unsafe<JsonObject>({proto: 'struct'});

/** An enum's names stand at their numbers. */
export const enumeration = <const Name extends string>(typeName: string, names: readonly Name[]) =>
  Type.Unsafe<Name>({type: 'string', enum: names, proto: 'enum', typeName});

export const repeated = <Item extends TSchema>(item: Item, options: {readonly maxItems?: number} = {}) =>
  Type.Array(item, {...options});
export const map = <Item extends TSchema>(item: Item) => Type.Record(Type.String(), item);

/** Every field is optional, as in proto3. Of the fields of a `oneof` only one may be given. */
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

/** `allowed` are the enum values that ask for nothing which is not done anyway. */
export const refused = (
  schema: TSchema = value(),
  options: {readonly allowed?: readonly string[]} = {},
): TUnsafe<never> => handled({...schema, ...options}, 'refused') as never;

export const handlingOf = (schema: TSchema): ProtoHandling => schema['handling'] ?? 'neutral';

/** Further names that the field answers to, besides its camelCase and snake_case ones. */
export const alias = <Field extends TSchema>(field: Field, ...aliases: readonly string[]): Field => ({
  ...field,
  aliases,
});

/** The fields of a decoded message that a decoder has left: compile-time proof that each neutral one was looked at. */
export type NothingLeft = Readonly<Record<string, never>>;

export type {Static};
