import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {SchemaFault} from '../../chat/schema-fault.js';
import {RetakeError} from '../../errors.js';

/** The 400 for a broken schema: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export function schemaError({place, problem}: SchemaFault, body: JsonValue): RetakeError {
  const {steps, sentence} = problem;
  const given = isJsonObject(body) ? body : {};
  const {subject, field, reason} =
    place.type === 'output' ? outputPlace(given) : functionPlace(place.name, given);
  const context = `(${steps.map(step => `'${step}'`).join(', ')}${steps.length === 1 ? ',' : ''})`;
  return new RetakeError(
    'invalid_request',
    `Invalid schema for ${subject}: In context=${context}, ${sentence}.`,
    {
      field,
      reason,
    },
  );
}

type Place = {readonly subject: string; readonly field: string; readonly reason?: string};

function outputPlace({response_format: format, text}: JsonObject): Place {
  if (format === undefined) {
    const inner = isJsonObject(text) && isJsonObject(text['format']) ? text['format'] : {};
    return {
      subject: `response_format '${inner['name']}'`,
      field: 'text.format.schema',
      reason: 'invalid_json_schema',
    };
  }
  const schema = isJsonObject(format) && isJsonObject(format['json_schema']) ? format['json_schema'] : {};
  return {subject: `response_format '${schema['name']}'`, field: 'response_format'};
}

function functionPlace(name: string, {tools, functions}: JsonObject): Place {
  const isTool = Array.isArray(tools) && tools.length > 0;
  const list: readonly JsonValue[] = isTool ? tools : Array.isArray(functions) ? functions : [];
  const index = list.findIndex(tool => definitionOf(tool)['name'] === name);
  const tool = list[index];
  const inner = isJsonObject(tool) && isJsonObject(tool['function']) ? '.function' : '';
  const at = index < 0 ? '' : `[${index}]${inner}.parameters`;
  return {
    subject: `function '${name}'`,
    field: `${isTool || functions === undefined ? 'tools' : 'functions'}${at}`,
    reason: 'invalid_function_parameters',
  };
}

/** A function of a chat completion is inside its tool; one of a response is the tool. */
function definitionOf(tool: JsonValue): JsonObject {
  if (!isJsonObject(tool)) return {};
  return isJsonObject(tool['function']) ? tool['function'] : tool;
}
