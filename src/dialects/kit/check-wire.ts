import type {Static, TObject, TSchema} from '@sinclair/typebox';
import type {ValueError} from '@sinclair/typebox/errors';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {schemaCheck} from '../../chat/schema-check.js';
import {RetakeError} from '../../errors.js';

/** An object of the body that matches its schema, without null members: null means absent. */
export type Checked<Schema extends TObject> = Static<Schema> & JsonObject;

/** The errors of a dialect's API for an object that does not match its schema. */
export type WireErrors = {
  notAnObject(path: string, schema: TSchema, value: JsonValue): RetakeError;
  invalidMember(error: ValueError, object: JsonObject, path: string): RetakeError;
};

/**
 * Makes checks of objects of the body. `path` is where the object is, in the API's notation, and
 * empty for the body itself. A check throws RetakeError `invalid_request`.
 */
export type CheckWire = <Schema extends TObject>(
  schema: Schema,
) => (value: JsonValue, path?: string) => Checked<Schema>;

export function createCheckWire(errors: WireErrors): CheckWire {
  return <Schema extends TObject>(schema: Schema) => {
    const check = schemaCheck(schema);
    return (value: JsonValue, path = '') => {
      if (!isJsonObject(value)) throw errors.notAnObject(path, schema, value);
      const object = omitNulls(value);
      if (check.Check(object)) return object;
      const error = check.Errors(object).First();
      if (error === undefined) {
        throw new RetakeError('internal', `The check of '${path}' failed without a reason`);
      }
      throw errors.invalidMember(error, object, path);
    };
  };
}

function omitNulls(object: JsonObject): JsonObject {
  return Object.values(object).includes(null)
    ? Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
    : object;
}
