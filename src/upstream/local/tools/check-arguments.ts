import {isJsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {mapSchema} from '../../../chat/schema.js';
import {SchemaFault} from '../../../chat/schema-fault.js';
import type {Tool} from '../../../chat/tools.js';

/** Whether a JSON text is valid as the arguments of a tool. */
export type ArgumentCheck = (json: string) => boolean;

/**
 * The check of each tool, by its name.
 * @throws SchemaFault if the parameters of a tool are not a JSON Schema
 */
export async function checkArguments(tools: readonly Tool[]): Promise<ReadonlyMap<string, ArgumentCheck>> {
  const checks = new Map<string, ArgumentCheck>();
  for (const {name, parameters} of tools) checks.set(name, await compileCheck(name, parameters));
  return checks;
}

/**
 * The check of a whole JSON text.
 * @throws Error with the reason if it is not a JSON Schema
 */
export async function checkSchema(schema: JsonValue): Promise<(json: string) => boolean> {
  // The validator does not support bigints.
  const plain: unknown = JSON.parse(stringifyJson(modernized(schema)));
  const {compileSchema} = await import('./compile-schema.js');
  const validate = compileSchema(plain);
  return json => validate(JSON.parse(json));
}

async function compileCheck(name: string, parameters: JsonValue | undefined): Promise<ArgumentCheck> {
  if (parameters === undefined || parameters === true) return isObjectText;
  // The validator does not support bigints. To check a type or a bound, a double is precise enough.
  const schema: unknown = JSON.parse(stringifyJson(modernized(parameters)));
  // Loaded on first use: a replay needs no validator.
  const {compileSchema} = await import('./compile-schema.js');
  try {
    const validate = compileSchema(schema);
    return json => isObjectText(json) && validate(JSON.parse(json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SchemaFault({type: 'tool', name}, {steps: [], sentence: reason});
  }
}

/**
 * Rewrites what older drafts of JSON Schema spell differently: an exclusive bound as a boolean, the items of a tuple as `items`. A
 * property whose schema is not a schema may be anything: SDK samples have a plain word there.
 */
function modernized(schema: JsonValue): JsonValue {
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
    const isTuple = Array.isArray(items);
    return omitUndefined({
      ...rest,
      properties: properties === undefined ? undefined : withValidSchemas(properties),
      ...modernBound('exclusiveMinimum', exclusiveMinimum, 'minimum', minimum),
      ...modernBound('exclusiveMaximum', exclusiveMaximum, 'maximum', maximum),
      prefixItems: isTuple ? items : undefined,
      items: isTuple ? additionalItems : items,
    });
  });
}

function withValidSchemas(properties: JsonValue): JsonValue {
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
): Readonly<Record<string, JsonValue | undefined>> {
  if (exclusive === true && bound !== undefined) return {[exclusiveName]: bound};
  return {[exclusiveName]: typeof exclusive === 'boolean' ? undefined : exclusive, [name]: bound};
}

function isObjectText(json: string): boolean {
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    // Not JSON, so not an object.
    return false;
  }
}
