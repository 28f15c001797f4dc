import {isJsonObject, type JsonValue} from '../../../chat/json.js';
import type {OutputFormat} from '../../../chat/request.js';
import type {RetakeError} from '../../../errors.js';
import {invalidArguments, unsupportedFields} from '../field-violations.js';
import type {NothingLeft} from '../proto-types.js';
import {checkSchema} from './check-schema.js';
import {convertSchema, readJsonSchema} from './convert-schema.js';
import type {GenerationConfig} from './schema.js';

export type OutputFields = Pick<
  GenerationConfig,
  'responseMimeType' | 'responseSchema' | 'responseJsonSchema' | 'responseFormat'
>;

/** The output format, which a client can request in three ways; undefined for plain text. */
export function decodeOutput(fields: OutputFields): OutputFormat | undefined {
  const {responseMimeType, responseSchema, responseJsonSchema, responseFormat = [], ...rest} = fields;
  rest satisfies NothingLeft;
  if (responseFormat.length > 0) return decodeResponseFormat(fields, responseFormat);
  if (responseSchema !== undefined && responseJsonSchema !== undefined) {
    throw invalid('response_json_schema', 'must not be set when response_schema is set.');
  }
  if (responseSchema !== undefined) checkSchema(responseSchema, 'generation_config.response_schema');
  const schema = responseSchema === undefined ? responseJsonSchema : convertSchema(responseSchema);
  const field = responseSchema === undefined ? 'response_json_schema' : 'response_schema';
  return decodeMimeType(responseMimeType, schema, field);
}

function decodeMimeType(
  mimeType: string | undefined,
  schema: JsonValue | undefined,
  field: string,
): OutputFormat | undefined {
  switch (mimeType) {
    case undefined:
    case '':
    case 'text/plain':
      if (schema === undefined) return undefined;
      throw invalid(field, 'only allowed when response_mime_type is `application/json` or `text/x.enum`.');
    case 'application/json':
      return schema === undefined ? {type: 'json'} : jsonSchema(schema, field);
    case 'text/x.enum':
      return enumOutput(schema, field);
    case 'application/xml':
    case 'application/yaml':
      throw unsupportedFields(['generation_config.response_mime_type']);
    default:
      throw invalid(
        'response_mime_type',
        'allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.',
      );
  }
}

function decodeResponseFormat(
  {responseMimeType, responseSchema, responseJsonSchema}: OutputFields,
  formats: NonNullable<OutputFields['responseFormat']>,
): OutputFormat | undefined {
  if (responseMimeType !== undefined || responseSchema !== undefined || responseJsonSchema !== undefined) {
    throw invalid(
      'response_format',
      'must not be set together with response_mime_type, response_schema or response_json_schema.',
    );
  }
  const [format, second] = formats;
  if (second !== undefined) throw invalid('response_format', 'only one format of text is possible.');
  const {text: {mimeType, schema, ...rest} = {}, ...others} = format ?? {};
  rest satisfies NothingLeft;
  others satisfies NothingLeft;
  if (mimeType === 'APPLICATION_JSON') {
    return schema === undefined ? {type: 'json'} : jsonSchema(schema, 'response_format.text.schema');
  }
  if (schema === undefined) return undefined;
  throw invalid('response_format.text.schema', 'only allowed when mime_type is APPLICATION_JSON.');
}

function jsonSchema(schema: JsonValue, field: string): OutputFormat {
  if (!isJsonObject(schema)) throw invalid(field, 'must be a JSON Schema, which is an object.');
  return {type: 'json-schema', schema: readJsonSchema(schema)};
}

function enumOutput(schema: JsonValue | undefined, field: string): OutputFormat {
  const isEnum =
    isJsonObject(schema) &&
    (schema['type'] === 'string' || schema['type'] === undefined) &&
    Array.isArray(schema['enum']) &&
    schema['enum'].length > 0 &&
    schema['enum'].every(name => typeof name === 'string');
  if (!isEnum)
    throw invalid(field, 'must be of type STRING with an enum when response_mime_type is `text/x.enum`.');
  return {type: 'enum', schema};
}

function invalid(name: string, description: string): RetakeError {
  return invalidArguments([{field: `generation_config.${name}`, description}]);
}
