import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {mapSchema} from '../../../chat/schema.js';
import type {Tool} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';

/** Whether the JSON text of an object is arguments that a function declares. */
export type ArgumentCheck = (json: string) => boolean;

/**
 * A check for each function, by its name.
 * @throws RetakeError `invalid_request` when the parameters of one are no JSON Schema
 */
export async function checkArguments(tools: readonly Tool[]): Promise<ReadonlyMap<string, ArgumentCheck>> {
  const checks = new Map<string, ArgumentCheck>();
  for (const {name, parameters} of tools) checks.set(name, await compileCheck(name, parameters));
  return checks;
}

async function compileCheck(name: string, parameters: JsonValue | undefined): Promise<ArgumentCheck> {
  if (parameters === undefined || parameters === true) return isObjectText;
  // The validator has no bigints: to judge a type or a bound, a double is near enough.
  const schema: unknown = JSON.parse(stringifyJson(modernised(parameters)));
  // Loaded when it is first needed: replays need no validator.
  const {compileSchema} = await import('./compile-schema.js');
  try {
    const validate = compileSchema(schema);
    return json => isObjectText(json) && validate(JSON.parse(json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError(
      'invalid_request',
      `Expected the parameters of the function "${name}" to be a JSON Schema, but ${reason}`,
      {cause},
    );
  }
}

/**
 * Older drafts of JSON Schema spell some words in other ways: an exclusive bound as a boolean, the items of a tuple as `items`. A property
 * that is described by something else than a schema may be anything: the samples of SDKs have a word there.
 */
function modernised(schema: JsonValue): JsonValue {
  return mapSchema(schema, ({$schema: _dialect, ...inner}) => {
    const {
      properties,
      items,
      additionalItems,
      exclusiveMinimum,
      exclusiveMaximum,
      minimum,
      maximum,
      ...rest
    } = inner;
    return {
      ...rest,
      ...(properties !== undefined && {properties: withSchemasAlone(properties)}),
      ...modernBound('exclusiveMinimum', exclusiveMinimum, 'minimum', minimum),
      ...modernBound('exclusiveMaximum', exclusiveMaximum, 'maximum', maximum),
      ...(Array.isArray(items)
        ? {prefixItems: items, ...(additionalItems !== undefined && {items: additionalItems})}
        : items !== undefined && {items}),
    };
  });
}

function withSchemasAlone(properties: JsonValue): JsonValue {
  if (!isJsonObject(properties)) return properties;
  const schemas = Object.entries(properties).map(([name, schema]): [string, JsonValue] => [
    name,
    isJsonObject(schema) || typeof schema === 'boolean' ? schema : true,
  ]);
  return Object.fromEntries(schemas);
}

function modernBound(
  exclusiveName: string,
  exclusive: JsonValue | undefined,
  name: string,
  bound: JsonValue | undefined,
): JsonObject {
  if (exclusive === true && bound !== undefined) return {[exclusiveName]: bound};
  return {
    ...(exclusive !== undefined && typeof exclusive !== 'boolean' && {[exclusiveName]: exclusive}),
    ...(bound !== undefined && {[name]: bound}),
  };
}

function isObjectText(json: string): boolean {
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    // No JSON, so no object.
    return false;
  }
}
