import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {OutputFormat} from '../../../chat/request.js';
import {unreachable} from '../../../errors.js';

type JsonSchemaOutput = Extract<OutputFormat, {type: 'json-schema'}>;

/** The `response_format` for structured output. */
export function encodeOutput(output: OutputFormat): JsonObject {
  switch (output.type) {
    case 'json':
      return {type: 'json_object'};
    case 'json-schema':
    case 'enum': {
      const {
        name = 'answer',
        description,
        strict,
      }: Partial<JsonSchemaOutput> = output.type === 'json-schema' ? output : {};
      return {
        type: 'json_schema',
        json_schema: omitUndefined({name, description, schema: output.schema, strict}),
      };
    }
    default:
      return unreachable(output);
  }
}
