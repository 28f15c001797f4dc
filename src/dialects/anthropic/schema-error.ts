import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {SchemaFault} from '../../chat/schema-fault.js';
import type {RetakeError} from '../../errors.js';
import {fault} from './invalid-value.js';

/** The 400 for a broken schema, which names the place inside it, too. */
export function schemaError({place, problem}: SchemaFault, body: JsonValue): RetakeError {
  const given = isJsonObject(body) ? body : {};
  const at = problem.steps.map(step => `.${step}`).join('');
  return fault(
    place.type === 'output' ? outputPath(given) : toolPath(place.name, given),
    `JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). At $${at}: ${problem.sentence}`,
  );
}

function outputPath({output_config: config}: JsonObject): string {
  const isConfig = isJsonObject(config) && config['format'] !== undefined;
  return isConfig ? 'output_config.format.schema' : 'output_format.schema';
}

function toolPath(name: string, {tools}: JsonObject): string {
  const list: readonly JsonValue[] = Array.isArray(tools) ? tools : [];
  const index = list.findIndex(tool => isJsonObject(tool) && tool['name'] === name);
  return index < 0 ? 'tools' : `tools.${index}.custom.input_schema`;
}
