import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {OutputFormat} from '../../../chat/request.js';
import {unreachable} from '../../../errors.js';

/** The `response_format` for structured output. */
export function encodeOutput(output: OutputFormat): JsonObject {
  switch (output.type) {
    case 'json':
      return {type: 'json_object'};
    case 'json-schema':
    case 'enum': {
      const description = output.type === 'json-schema' ? output.description : undefined;
      return {
        type: 'json_schema',
        json_schema: omitUndefined({name: 'answer', description, schema: output.schema}),
      };
    }
    default:
      return unreachable(output);
  }
}
