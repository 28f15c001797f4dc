import {KindGuard, type Static, type TObject, type TSchema} from '@sinclair/typebox';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';
import {FaultList, invalid} from './fault-list.js';
import {fieldNames, snakeCase} from './field-names.js';
import {readScalar, typeNameOf, valueText} from './proto-scalar.js';
import {handlingOf} from './proto-types.js';

/**
 * Reads a message out of ProtoJSON with the leniency of Google's API front end (protobuf's `json_stream_parser` and
 * `proto_writer`): fields by their camelCase or snake_case name, null as absent, a lone value where a list is expected, numbers as
 * strings, enums in any case or as numbers. The result has camelCase names and only the fields that are handled as `neutral`.
 * @throws RetakeError `invalid_request` with every fault that was found, else `not_supported` with every refused field.
 */
export function decodeProtoJson<Message extends TObject>(message: Message, json: JsonValue): Static<Message> {
  const faults = new FaultList();
  const root = placeOf({above: undefined, field: '', name: '', self: message, faults});
  const decoded = isJsonObject(json)
    ? readMessage(message, json, root)
    : faults.unknownName('', '', 'Root element must be a message.');
  faults.throwIfAny();
  return decoded as Static<Message>;
}

/** The place of a value. Its path is written for a fault alone: a conversation has ten thousands of places. */
type Place = {
  /** The place of the message that it is a field of. */
  readonly above: Place | undefined;
  readonly field: string;
  /** The field as the client wrote it. */
  readonly name: string;
  /** The message of a recursive reference. */
  readonly self: TObject;
  readonly faults: FaultList;
  /** Which item of a list it is, or which entry of a map. */
  readonly index: number | undefined;
  readonly isEntry: boolean;
};

/** All places have the same shape, which the engine reads faster. */
function placeOf(
  {above, field, name, self, faults}: Omit<Place, 'index' | 'isEntry'>,
  index?: number,
  isEntry = false,
): Place {
  return {above, field, name, self, faults, index, isEntry};
}

/** In proto names. */
function pathOf({above, field, index, isEntry}: Place): string {
  const container = above === undefined ? '' : pathOf(above);
  const own =
    index === undefined ? snakeCase(field) : `${snakeCase(field)}[${index}]${isEntry ? '.value' : ''}`;
  return container === '' ? own : `${container}.${own}`;
}

function containerOf({above}: Place): string {
  return above === undefined ? '' : pathOf(above);
}

function readMessage(message: TObject, json: JsonObject, above: Place): object {
  const {faults} = above;
  const self = message.$id === undefined ? above.self : message;
  const names = fieldNames(message);
  const given: GivenField[] = [];
  const decoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    if (value === null) continue;
    const field = names.get(name) ?? '';
    const schema = message.properties[field];
    if (schema === undefined) {
      faults.unknownName(name, pathOf(above), 'Cannot find field.');
      continue;
    }
    const conflict = conflictWith(message, field, given);
    given.push({field, name});
    if (conflict !== undefined) {
      faults.invalidValue(pathOf(above), 'oneof', `${conflict} is already set. Cannot set '${name}'`);
      continue;
    }
    const read = readField(schema, value, placeOf({above, field, name, self, faults}));
    if (read !== undefined && read !== invalid) decoded[field] = read;
  }
  return decoded;
}

/** Undefined for a field that is not part of the neutral request. */
function readField(schema: TSchema, value: JsonValue, place: Place): unknown {
  switch (handlingOf(schema)) {
    case 'neutral':
      return readValues(schema, value, place);
    case 'ignored':
      readValues(schema, value, place);
      return undefined;
    case 'refused':
      if (!saysNothing(value) && !isAllowed(schema, readValues(schema, value, place))) {
        place.faults.refuse(pathOf(place));
      }
      return undefined;
  }
}

// KindGuard looks at the kind of a schema alone. TypeGuard checks the whole schema, for every value: thirty times the work of the rest.
function readValues(schema: TSchema, value: JsonValue, place: Place): unknown {
  if (!KindGuard.IsArray(schema)) return readValue(schema, value, place);
  if (!Array.isArray(value)) {
    const read = readValue(schema.items, value, place);
    return read === invalid ? [] : [read];
  }
  const values: unknown[] = [];
  for (const [index, item] of value.entries()) {
    if (item === null) continue;
    const read = readValue(schema.items, item, placeOf(place, index));
    if (read !== invalid) values.push(read);
  }
  return values;
}

function readValue(schema: TSchema, value: JsonValue, place: Place): unknown {
  const {name, self, faults} = place;
  if (schema['proto'] === 'value') return value;
  if (Array.isArray(value)) {
    return faults.unknownName(name, containerOf(place), 'Proto field is not repeating, cannot start list.');
  }
  const type = KindGuard.IsThis(schema) ? self : schema;
  if (isJsonObject(value)) {
    if (type['proto'] === 'struct') return value;
    if (KindGuard.IsRecord(type)) return readMap(type, value, place);
    if (KindGuard.IsObject(type)) return readMessage(type, value, place);
    return faults.invalidValue(containerOf(place), snakeCase(name), 'Starting an object on a scalar field');
  }
  return readScalar(type, value) ?? faults.invalidValue(pathOf(place), typeNameOf(type), valueText(value));
}

/** The keys of a map are free; the front end numbers its entries. */
function readMap(schema: TSchema, value: JsonObject, place: Place): object {
  const [item] = Object.values<TSchema>(schema['patternProperties']);
  const entries = Object.entries(value).flatMap(([key, entry], index): [string, unknown][] => {
    if (entry === null || item === undefined) return [];
    const read = readValue(item, entry, placeOf(place, index, true));
    return read === invalid ? [] : [[key, read]];
  });
  return objectOf(entries);
}

type GivenField = {readonly field: string; readonly name: string};

/** The field that conflicts with another: one of the same oneof, or the same field under its other name. */
function conflictWith(message: TObject, field: string, given: readonly GivenField[]): string | undefined {
  if (given.length === 0) return undefined;
  const earlier = given.find(other => other.field === field);
  if (earlier !== undefined) return `field '${earlier.name}'`;
  const oneof: {name: string; fields: readonly string[]} | undefined = message['oneof'];
  if (!oneof?.fields.includes(field) || !given.some(other => oneof.fields.includes(other.field)))
    return undefined;
  return `oneof field '${oneof.name}'`;
}

/** A refused field is accepted if it is empty: SDKs send empty tools and configurations. */
function saysNothing(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === '' || (isJsonObject(value) && Object.keys(value).length === 0);
}

function isAllowed(schema: TSchema, read: unknown): boolean {
  const allowed: readonly unknown[] = schema['allowed'] ?? [];
  return Array.isArray(read) && read.every(item => allowed.includes(item));
}
