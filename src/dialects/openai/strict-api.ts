import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {ChatRequest, OutputFormat, Turn} from '../../chat/request.js';
import type {Tool} from '../../chat/tools.js';
import {RetakeError} from '../../errors.js';

/** Where the parts of a request are in the endpoint's body, for errors. */
export type FieldNames = {
  readonly messages: string;
  readonly format: string;
  readonly schema: string;
  /** The field with the parameters of a tool, by its number. */
  readonly parameters: (index: number) => string;
};

type Judged = Pick<ChatRequest<unknown>, 'tools' | 'output'> & {readonly turns: readonly Turn<unknown>[]};

/**
 * What OpenAI's API refuses about a request that means something all the same, in its words: a model with a grammar can answer it, and an
 * application that is tested with it would fail in production.
 */
export function refusedByApi({tools = [], output, turns}: Judged, names: FieldNames): readonly RetakeError[] {
  const problems = tools.map((tool, index) => checkTool(tool, names.parameters(index)));
  return [checkOutput(output, turns, names), ...problems].filter(problem => problem !== undefined);
}

function checkOutput(
  output: OutputFormat | undefined,
  turns: Judged['turns'],
  {messages, format, schema: field}: FieldNames,
): RetakeError | undefined {
  if (output?.type === 'json' && !turns.some(mentionsJson)) {
    return refusal(
      `'${messages}' must contain the word 'json' in some form, to use '${format}' of type 'json_object'.`,
      messages,
    );
  }
  if (output?.type !== 'json-schema') return undefined;
  const {schema, name = '', strict = false} = output;
  const problem = problemOfRoot(schema, strict);
  if (problem === undefined) return undefined;
  return refusal(`Invalid schema for response_format '${name}': ${problem}`, field);
}

function checkTool({name, parameters, strict = false}: Tool, field: string): RetakeError | undefined {
  const problem = parameters === undefined ? undefined : problemOfRoot(parameters, strict);
  if (problem === undefined) return undefined;
  return refusal(`Invalid schema for function '${name}': ${problem}`, field, 'invalid_function_parameters');
}

function refusal(message: string, field: string, reason?: string): RetakeError {
  return new RetakeError('invalid_request', message, {
    field,
    reason,
    hint: 'With the option `strictApi` set to `warn`, retake answers all the same.',
  });
}

function mentionsJson({parts}: Turn<unknown>): boolean {
  return parts.some(part => {
    const text = isJsonObject(part as JsonValue) ? (part as JsonObject)['text'] : undefined;
    return typeof text === 'string' && /json/i.test(text);
  });
}

function problemOfRoot(schema: JsonValue, strict: boolean): string | undefined {
  if (!isJsonObject(schema)) return undefined;
  const {type} = schema;
  if (typeof type === 'string' && type !== 'object') {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`;
  }
  return problemIn(schema, [], strict);
}

/** The first problem of a schema and those inside it. */
function problemIn(
  schema: JsonValue | undefined,
  path: readonly string[],
  strict: boolean,
): string | undefined {
  if (!isJsonObject(schema)) return undefined;
  const own =
    (isOfType(schema, 'array') && missingItems(schema, path)) || (strict && looseObject(schema, path));
  if (own) return own;
  for (const [keyword, value] of Object.entries(schema)) {
    for (const [name, inner] of schemasIn(keyword, value)) {
      const problem = problemIn(inner, [...path, ...name], strict);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function schemasIn(keyword: string, value: JsonValue): readonly (readonly [readonly string[], JsonValue])[] {
  if (['properties', '$defs', 'definitions'].includes(keyword) && isJsonObject(value)) {
    return Object.entries(value).map(([name, inner]) => [[keyword, name], inner]);
  }
  if (keyword === 'anyOf' && Array.isArray(value)) {
    return value.map((inner, index) => [[keyword, String(index)], inner]);
  }
  return keyword === 'items' ? [[[keyword], value]] : [];
}

function missingItems(schema: JsonObject, path: readonly string[]): string | undefined {
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return undefined;
  return `In context=${context(path)}, array schema missing items.`;
}

function looseObject(schema: JsonObject, path: readonly string[]): string | undefined {
  const {properties, additionalProperties, required} = schema;
  if (!isOfType(schema, 'object') && properties === undefined) return undefined;
  if (additionalProperties !== false) {
    return `In context=${context(path)}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const named = Array.isArray(required) ? required : [];
  const missing = Object.keys(isJsonObject(properties) ? properties : {}).find(name => !named.includes(name));
  if (missing === undefined) return undefined;
  return `In context=${context(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

function isOfType({type}: JsonObject, wanted: string): boolean {
  return Array.isArray(type) ? type.includes(wanted) : type === wanted;
}

/** A path as the API writes it: a tuple of Python. */
function context(path: readonly string[]): string {
  const [only] = path;
  if (path.length === 1) return `('${only}',)`;
  return `(${path.map(name => `'${name}'`).join(', ')})`;
}
