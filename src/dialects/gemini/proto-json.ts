import {type Static, type TObject, type TSchema, TypeGuard} from '@sinclair/typebox';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {type FieldViolation, malformedMessage, unsupportedFields} from './field-violations.js';
import {readScalar, typeNameOf, valueText} from './proto-scalar.js';
import {handlingOf} from './proto-types.js';

/**
 * Reads a message out of ProtoJSON with the leniency of Google's API front end (protobuf's `json_stream_parser` and
 * `proto_writer`): fields by their camelCase or snake_case name, null as absent, a lone value where a list is expected, numbers as
 * strings, enums in any case or as numbers. The result has camelCase names and only the fields that are handled as `neutral`.
 * @throws RetakeError `invalid_request` with every fault that was found, else `not_supported` with every refused field.
 */
export function decodeProtoJson<Message extends TObject>(message: Message, json: JsonValue): Static<Message> {
  const reading: Reading = {violations: [], refused: []};
  const decoded = isJsonObject(json)
    ? readMessage(message, json, {path: '', self: message}, reading)
    : invalidRoot(reading);
  if (reading.violations.length > 0) throw malformedMessage(reading.violations.slice(0, maxViolations));
  if (reading.refused.length > 0) throw unsupportedFields(reading.refused.slice(0, maxViolations));
  return decoded as Static<Message>;
}

/** More than a reader of the error will read. */
const maxViolations = 50;

type Reading = {readonly violations: FieldViolation[]; readonly refused: string[]};

/** Where a value stands: its path in proto names, and the message that a recursive reference means. */
type Place = {readonly path: string; readonly self: TObject};

function readMessage(message: TObject, json: JsonObject, {path, self}: Place, reading: Reading): unknown {
  const names = fieldNames(message);
  const given = new Map<string, string>();
  const decoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    if (value === null) continue;
    const field = names.get(name);
    const schema = field === undefined ? undefined : message.properties[field];
    if (field === undefined || schema === undefined) {
      unknownName(name, path, 'Cannot find field.', reading);
      continue;
    }
    const earlier = given.get(field);
    if (earlier !== undefined) {
      unknownName(name, path, `The field was already given as "${earlier}".`, reading);
      continue;
    }
    const rival = rivalInOneof(message, field, given);
    if (rival !== undefined) {
      const description = `oneof field '${rival}' is already set. Cannot set '${name}'`;
      invalidValue(path, 'oneof', description, reading);
      continue;
    }
    given.set(field, name);
    const place = {path: join(path, snakeCase(field)), self: message.$id === undefined ? self : message};
    const handling = handlingOf(schema);
    if (handling === 'refused' && saysNothing(value)) continue;
    const read = readField(schema, value, place, {name, container: path}, reading);
    if (handling === 'refused' && !isAllowed(schema, read)) reading.refused.push(place.path);
    if (handling === 'neutral' && read !== invalid) decoded[field] = read;
  }
  return decoded;
}

const invalid = Symbol('invalid');

/** How the client named a field, and the message that it stands in. */
type Spelling = {readonly name: string; readonly container: string};

function readField(
  schema: TSchema,
  value: JsonValue,
  place: Place,
  spelling: Spelling,
  reading: Reading,
): unknown {
  if (TypeGuard.IsArray(schema)) {
    const items = Array.isArray(value) ? value : [value];
    const pathOf = (index: number) => (Array.isArray(value) ? `${place.path}[${index}]` : place.path);
    return items.flatMap((item, index) => {
      if (item === null) return [];
      const read = readValue(schema.items, item, {...place, path: pathOf(index)}, spelling, reading);
      return read === invalid ? [] : [read];
    });
  }
  return readValue(schema, value, place, spelling, reading);
}

function readValue(
  schema: TSchema,
  value: JsonValue,
  place: Place,
  {name, container}: Spelling,
  reading: Reading,
): unknown {
  if (schema['proto'] === 'value') return value;
  if (Array.isArray(value)) {
    return unknownName(name, container, 'Proto field is not repeating, cannot start list.', reading);
  }
  if (schema['proto'] === 'struct') {
    return isJsonObject(value)
      ? value
      : invalidValue(place.path, typeNameOf(schema), valueText(value), reading);
  }
  const message = TypeGuard.IsThis(schema) ? place.self : schema;
  if (TypeGuard.IsRecord(message)) return readMap(message, value, place, {name, container}, reading);
  if (TypeGuard.IsObject(message)) {
    return isJsonObject(value)
      ? readMessage(message, value, place, reading)
      : invalidValue(place.path, typeNameOf(message), valueText(value), reading);
  }
  if (isJsonObject(value)) {
    return invalidValue(container, snakeCase(name), 'Starting an object on a scalar field', reading);
  }
  const scalar = readScalar(schema, value);
  return scalar === undefined
    ? invalidValue(place.path, typeNameOf(schema), valueText(value), reading)
    : scalar;
}

/** A map's keys are the client's own; the front end names its entries by number. */
function readMap(
  schema: TSchema,
  value: JsonValue,
  place: Place,
  spelling: Spelling,
  reading: Reading,
): unknown {
  if (!isJsonObject(value)) return invalidValue(place.path, 'Map', valueText(value), reading);
  const item = Object.values<TSchema>(schema['patternProperties'])[0];
  if (item === undefined) return {};
  const entries = Object.entries(value).flatMap(([key, entry], index): [string, unknown][] => {
    if (entry === null) return [];
    const path = `${place.path}[${index}].value`;
    const read = readValue(item, entry, {...place, path}, spelling, reading);
    return read === invalid ? [] : [[key, read]];
  });
  return Object.fromEntries(entries);
}

/** A refused field is let pass when it asks for nothing: SDKs send empty tools and configurations. */
function saysNothing(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === '' || (isJsonObject(value) && Object.keys(value).length === 0);
}

function isAllowed(schema: TSchema, read: unknown): boolean {
  const allowed: readonly unknown[] = schema['allowed'] ?? [];
  return Array.isArray(read) && read.every(item => allowed.includes(item));
}

function rivalInOneof(
  message: TObject,
  field: string,
  given: ReadonlyMap<string, string>,
): string | undefined {
  const oneof: {name: string; fields: readonly string[]} | undefined = message['oneof'];
  if (!oneof?.fields.includes(field)) return undefined;
  return oneof.fields.some(other => given.has(other)) ? oneof.name : undefined;
}

/** Every name that a message's fields answer to, and the field that is meant. */
function fieldNames(message: TObject): ReadonlyMap<string, string> {
  const known = namesByMessage.get(message);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const [field, schema] of Object.entries(message.properties)) {
    const aliases: readonly string[] = schema['aliases'] ?? [];
    for (const name of [field, snakeCase(field), ...aliases]) names.set(name, field);
  }
  namesByMessage.set(message, names);
  return names;
}

const namesByMessage = new WeakMap<TObject, ReadonlyMap<string, string>>();

function invalidRoot({violations}: Reading): typeof invalid {
  const description = 'Invalid JSON payload received. Unknown name "": Root element must be a message.';
  violations.push({description});
  return invalid;
}

function unknownName(name: string, path: string, problem: string, {violations}: Reading): typeof invalid {
  const at = path === '' ? '' : ` at '${path}'`;
  const description = `Invalid JSON payload received. Unknown name "${name}"${at}: ${problem}`;
  violations.push({...(path !== '' && {field: path}), description});
  return invalid;
}

function invalidValue(path: string, type: string, text: string, {violations}: Reading): typeof invalid {
  const at = path === '' ? '' : ` at '${path}'`;
  violations.push({...(path !== '' && {field: path}), description: `Invalid value${at} (${type}), ${text}`});
  return invalid;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
