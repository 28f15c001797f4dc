import type {TSchema} from '@sinclair/typebox';
import {readBase64} from '../../chat/decode-base64.js';
import {type JsonValue, stringifyJson} from '../../chat/json.js';
import type {ProtoScalar} from './proto-types.js';

/** Reads one scalar as protobuf's `datapiece.cc` does; undefined if the value does not fit the type. */
export function readScalar(schema: TSchema, value: JsonValue): unknown {
  const proto: ProtoScalar = schema['proto'];
  switch (proto) {
    case 'int32':
      return readInt32(value);
    case 'int64':
      return readInt64(value);
    case 'float':
    case 'double':
      return readDouble(value);
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'bytes':
      return readBytes(value);
    case 'enum':
      return readEnum(schema['enum'], value);
    default:
      return undefined;
  }
}

/** The name of a type in the errors of the front end. */
export function typeNameOf(schema: TSchema): string {
  const typeName: string | undefined = schema['typeName'];
  if (typeName !== undefined) return `type.googleapis.com/google.ai.generativelanguage.v1beta.${typeName}`;
  const proto: ProtoScalar | undefined = schema['proto'];
  if (proto === 'struct') return 'type.googleapis.com/google.protobuf.Struct';
  return proto === undefined ? 'TYPE_MESSAGE' : `TYPE_${proto.toUpperCase()}`;
}

/** Quotes a value as the front end does: strings in quotes without escapes. A long value is shortened. */
export function valueText(value: JsonValue): string {
  if (typeof value !== 'string') return stringifyJson(value);
  return value.length > 100 ? `"${value.slice(0, 100)}…"` : `"${value}"`;
}

function readInt32(value: JsonValue): number | undefined {
  const integer = readInt64(value);
  return typeof integer === 'number' && integer === (integer | 0) ? integer : undefined;
}

function readInt64(value: JsonValue): number | bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value + 0 : undefined;
  if (typeof value === 'string') return /^[+-]?\d{1,19}$/.test(value) ? readInt64(BigInt(value)) : undefined;
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readDouble(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined;
}

function readBytes(value: JsonValue): Uint8Array | undefined {
  const read = typeof value === 'string' ? readBase64(value) : undefined;
  return typeof read === 'string' ? undefined : read;
}

function readEnum(names: readonly string[], value: JsonValue): string | undefined {
  const number = readInt32(value);
  if (number !== undefined) return names[number];
  if (typeof value !== 'string') return undefined;
  const wanted = value.toUpperCase().replaceAll('-', '_');
  return names.find(name => name.toUpperCase() === wanted);
}
