import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {Tool as NeutralTool, ToolChoice} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import {type FieldViolation, invalidArguments} from '../field-violations.js';
import type {NothingLeft} from '../proto-types.js';
import {checkSchema} from './check-schema.js';
import {convertSchema, readJsonSchema} from './convert-schema.js';
import type {FunctionDeclaration, Tool, ToolConfig} from './schema.js';

export type DecodedTools = Pick<ChatRequest<AskedContent>, 'tools' | 'toolChoice' | 'serverTools'> & {
  /** A sentence about the tools that retake does not run. */
  readonly warnings: readonly string[];
};

/** The functions, the tool choice, and the tools that Google would run, which are only part of the key. */
export function decodeTools(
  tools: readonly Tool[],
  config: ToolConfig,
  {isVertex}: {readonly isVertex: boolean},
): DecodedTools {
  const declared = tools.flatMap(({functionDeclarations = []}, index) =>
    functionDeclarations.map((declaration, number) => ({
      declaration,
      field: `tools[${index}].function_declarations[${number}]`,
    })),
  );
  if (declared.length > mostFunctions) {
    throw invalid('tools', `at most ${mostFunctions} function declarations can be provided.`);
  }
  const functions = declared.map(({declaration, field}) => decodeFunction(declaration, field));
  refuseDuplicates(functions);
  const {functionCallingConfig = {}, retrievalConfig, includeServerSideToolInvocations, ...rest} = config;
  rest satisfies NothingLeft;
  const serverTools = tools.flatMap(({functionDeclarations: _functions, ...server}) =>
    Object.entries(server as JsonObject).map(([name, value]): JsonObject => ({[name]: value})),
  );
  const isMixed = functions.length > 0 && serverTools.length > 0;
  if (isMixed && !isVertex && includeServerSideToolInvocations !== true) throw mixedTools();
  for (const {fileSearch} of serverTools) refuseStores(fileSearch);
  const others = [...serverTools, ...(retrievalConfig === undefined ? [] : [{retrievalConfig}])];
  const names = [...new Set(others.flatMap(tool => Object.keys(tool)))];
  return {
    ...omitUndefined({
      tools: functions.length > 0 ? functions : undefined,
      toolChoice: decodeChoice(functionCallingConfig, functions),
      serverTools: others.length > 0 ? others : undefined,
    }),
    warnings:
      names.length > 0
        ? [`The model answered without Google's own tools, which only Google can run: ${names.join(', ')}.`]
        : [],
  };
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Tool */
const mostFunctions = 512;

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const functionName = /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/;

function decodeFunction(declaration: FunctionDeclaration, field: string): NeutralTool {
  const {name = '', description, parameters, parametersJsonSchema, ...rest} = declaration;
  rest satisfies NothingLeft;
  if (!functionName.test(name)) {
    throw invalid(
      `${field}.name`,
      'Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.',
    );
  }
  if (parameters !== undefined && parametersJsonSchema !== undefined) {
    throw invalid(`${field}.parameters_json_schema`, 'must not be set when parameters is set.');
  }
  if (parametersJsonSchema !== undefined && !isJsonObject(parametersJsonSchema)) {
    throw invalid(`${field}.parameters_json_schema`, 'must be a JSON Schema, which is an object.');
  }
  if (parameters !== undefined) checkSchema(parameters, `${field}.parameters`);
  return {
    name,
    ...omitUndefined({
      description: description || undefined,
      parameters: parameters === undefined ? schemaOf(parametersJsonSchema) : convertSchema(parameters),
    }),
  };
}

function schemaOf(schema: JsonValue | undefined): JsonValue | undefined {
  return schema === undefined ? undefined : readJsonSchema(schema);
}

function mixedTools(): RetakeError {
  return new RetakeError(
    'invalid_request',
    'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
    {field: 'tool_config.include_server_side_tool_invocations'},
  );
}

/** No client can make a file search store here, so each one is unknown. */
function refuseStores(fileSearch: JsonValue | undefined): void {
  if (!isJsonObject(fileSearch)) return;
  const {fileSearchStoreNames, file_search_store_names: names = fileSearchStoreNames} = fileSearch;
  const [name] = Array.isArray(names) ? names : [names];
  if (typeof name !== 'string') return;
  throw new RetakeError(
    'not_found',
    `You do not have permission to access the FileSearchStore ${name} or it may not exist.`,
    {status: 403},
  );
}

function refuseDuplicates(functions: readonly NeutralTool[]): void {
  const seen = new Set<string>();
  for (const {name} of functions) {
    if (seen.has(name)) throw invalid('tools', `Duplicate function declaration found: ${name}`);
    seen.add(name);
  }
}

function decodeChoice(
  config: NonNullable<ToolConfig['functionCallingConfig']>,
  functions: readonly NeutralTool[],
): ToolChoice | undefined {
  const {mode = 'AUTO', allowedFunctionNames = [], ...rest} = config;
  rest satisfies NothingLeft;
  const field = 'tool_config.function_calling_config';
  const isLimited = mode === 'ANY' || mode === 'VALIDATED';
  if (allowedFunctionNames.length > 0 && !isLimited) {
    throw invalid(
      `${field}.allowed_function_names`,
      'only allowed to be set when function calling mode is ANY or VALIDATED.',
    );
  }
  const known = new Set(functions.map(({name}) => name));
  const unknown = allowedFunctionNames.find(name => !known.has(name));
  if (unknown !== undefined) {
    throw invalid(`${field}.allowed_function_names`, `"${unknown}" is not the name of a declared function.`);
  }
  if (functions.length === 0) {
    if (!isLimited) return undefined;
    throw invalid(`${field}.mode`, 'Function calling config is set without function_declarations.');
  }
  const allowed = allowedFunctionNames.length > 0 ? {allowed: allowedFunctionNames} : {};
  switch (mode) {
    case 'MODE_UNSPECIFIED':
    case 'AUTO':
      return undefined;
    case 'NONE':
      return {type: 'none'};
    case 'ANY':
      return {type: 'required', ...allowed};
    case 'VALIDATED':
      return {type: 'validated', ...allowed};
  }
}

function invalid(field: string, description: string): Error {
  const violation: FieldViolation = {field, description};
  return invalidArguments([violation]);
}
