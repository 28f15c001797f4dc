import type {Static, TObject, TSchema} from '@sinclair/typebox';
import {type TypeCheck, TypeCompiler} from '@sinclair/typebox/compiler';
import type {ValueError} from '@sinclair/typebox/errors';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/** An object of the body that follows its schema, without its null members: null means absent everywhere. */
export type Checked<Schema extends TObject> = Static<Schema> & JsonObject;

/** How an API words its errors. */
export type WireErrors = {
  /** For a value that should be an object. */
  notAnObject(path: string, schema: TSchema, value: JsonValue): RetakeError;
  /** For the first place of an object that breaks its schema. */
  invalidValue(error: ValueError, object: JsonObject, path: string): RetakeError;
};

/**
 * A check of one object of the body, compiled when it is first needed. `path` is where the object stands, in the API's notation; empty for
 * the body itself. The check throws RetakeError `invalid_request` in the API's words.
 */
export type WireCheck<Schema extends TObject> = (value: JsonValue, path?: string) => Checked<Schema>;

/** Makes the checks of one API. */
export function createWireChecks({notAnObject, invalidValue}: WireErrors) {
  return <Schema extends TObject>(schema: Schema): WireCheck<Schema> => {
    let compiled: TypeCheck<Schema> | undefined;
    return (value, path = '') => {
      compiled ??= TypeCompiler.Compile(schema);
      if (!isJsonObject(value)) throw notAnObject(path, schema, value);
      const object = withoutNulls(value);
      if (compiled.Check(object)) return object;
      const error = compiled.Errors(object).First();
      if (error === undefined)
        throw new RetakeError('internal', `The check of '${path}' failed without a reason`);
      throw invalidValue(error, object, path);
    };
  };
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.values(object).includes(null)
    ? Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
    : object;
}
