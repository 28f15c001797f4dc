import type {Static, TObject} from '@sinclair/typebox';
import {type TypeCheck, TypeCompiler} from '@sinclair/typebox/compiler';
import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {fault, invalidValue} from './invalid-value.js';

/** An object of the body that follows its schema, without its null members: null means absent. */
export type Checked<Schema extends TObject> = Static<Schema> & JsonObject;

/**
 * A check of one object of the body, compiled when it is first needed. `path` is where it stands: `messages.2`, or nothing for the body
 * itself. The check throws RetakeError `invalid_request` in the words of the real API.
 */
export function checkWire<Schema extends TObject>(
  schema: Schema,
): (value: JsonValue, path?: string) => Checked<Schema> {
  let compiled: TypeCheck<Schema> | undefined;
  return (value, path = '') => {
    compiled ??= TypeCompiler.Compile(schema);
    if (!isJsonObject(value)) throw fault(path, 'Input should be an object');
    const object = withoutNulls(value);
    if (compiled.Check(object)) return object;
    const error = compiled.Errors(object).First();
    if (error === undefined) {
      throw new RetakeError('internal', `The check of '${path}' failed without a reason`);
    }
    throw invalidValue(error, path);
  };
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.values(object).includes(null)
    ? Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
    : object;
}
