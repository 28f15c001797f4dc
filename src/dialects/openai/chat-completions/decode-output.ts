import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {OutputFormat} from '../../../chat/request.js';
import {checkWire} from '../check-wire.js';
import {
  JsonSchemaFormat,
  JsonSchemaResponseFormat,
  PlainResponseFormat,
  ResponseFormatType,
} from './schema.js';

const checkFormatType = checkWire(ResponseFormatType);
const checkPlainFormat = checkWire(PlainResponseFormat);
const checkJsonSchemaFormat = checkWire(JsonSchemaResponseFormat);
const checkJsonSchema = checkWire(JsonSchemaFormat);

/** The `response_format` of a chat completion. */
export function decodeOutput(format: JsonObject | undefined): OutputFormat | undefined {
  if (format === undefined) return undefined;
  const {type} = checkFormatType(format, 'response_format');
  if (type === 'json_schema') {
    const {json_schema: jsonSchema} = checkJsonSchemaFormat(format, 'response_format');
    return jsonSchemaOutput(jsonSchema, 'response_format.json_schema');
  }
  checkPlainFormat(format, 'response_format');
  return type === 'json_object' ? {type: 'json'} : undefined;
}

/** The `text.format` of a response, which has the schema members next to its type. */
export function decodeTextFormat(format: JsonObject | undefined): OutputFormat | undefined {
  if (format === undefined) return undefined;
  const {type} = checkFormatType(format, 'text.format');
  if (type === 'json_schema') {
    const {type: _type, ...jsonSchema} = format;
    return jsonSchemaOutput(jsonSchema, 'text.format');
  }
  checkPlainFormat(format, 'text.format');
  return type === 'json_object' ? {type: 'json'} : undefined;
}

function jsonSchemaOutput(value: JsonObject, path: string): OutputFormat {
  const {name, schema, description, strict} = checkJsonSchema(value, path);
  return omitUndefined({type: 'json-schema', schema, description, name, strict});
}
