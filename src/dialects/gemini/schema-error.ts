import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {SchemaFault} from '../../chat/schema-fault.js';
import type {RetakeError} from '../../errors.js';
import {snakeCase} from './field-names.js';
import {invalidArguments} from './field-violations.js';

/** The 400 for a broken schema. */
export function schemaError({place, problem}: SchemaFault, body: JsonValue): RetakeError {
  const message = snakeCased(body);
  const description = `${problem.sentence}.`;
  // Only an interaction has an input.
  if (message['input'] !== undefined) {
    const schema = place.type === 'output' ? formatField(message) : toolField(place.name, message);
    const field = schema + insideSchema(problem.steps);
    return invalidArguments([{field, description}], 'CreateInteractionRequest');
  }
  const schema =
    place.type === 'output'
      ? `generation_config.${outputField(snakeCased(message['generation_config']))}`
      : functionField(place.name, message);
  return invalidArguments([{field: schema + insideSchema(problem.steps), description}]);
}

/** The format of an interaction: one of the type text, alone or in a list, or a schema. */
function formatField({response_format: given = null}: JsonObject): string {
  const format = Array.isArray(given) ? given.findIndex(isJsonObject) : given;
  const field = typeof format === 'number' ? `response_format[${format}]` : 'response_format';
  const value = typeof format === 'number' && Array.isArray(given) ? given[format] : given;
  return isJsonObject(value) && value['type'] === 'text' ? `${field}.schema` : field;
}

function toolField(name: string, {tools}: JsonObject): string {
  const index = listOf(tools).findIndex(tool => isJsonObject(tool) && tool['name'] === name);
  return index === -1 ? 'tools' : `tools[${index}].parameters`;
}

function outputField(config: JsonObject): string {
  const fields = ['response_schema', 'response_json_schema'];
  return fields.find(name => config[name] !== undefined) ?? 'response_format.text.schema';
}

function functionField(name: string, {tools}: JsonObject): string {
  for (const [index, tool] of listOf(tools).entries()) {
    for (const [number, value] of listOf(snakeCased(tool)['function_declarations']).entries()) {
      const declaration = snakeCased(value);
      if (declaration['name'] !== name) continue;
      const field = declaration['parameters'] === undefined ? 'parameters_json_schema' : 'parameters';
      return `tools[${index}].function_declarations[${number}].${field}`;
    }
  }
  return 'tools';
}

/** Members of a map or list are in brackets: `properties[city].items`. */
function insideSchema(steps: readonly string[]): string {
  let isMember = false;
  return steps
    .map(step => {
      if (isMember) {
        isMember = false;
        return `[${step}]`;
      }
      isMember = containers.has(step);
      return `.${step}`;
    })
    .join('');
}

const containers = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'],
  ...['anyOf', 'oneOf', 'allOf', 'prefixItems'],
]);

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Clients write a field's name in either way. */
function snakeCased(value: JsonValue | undefined): JsonObject {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, member]) => [snakeCase(name), member]));
}
