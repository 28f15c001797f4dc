import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Tool, ToolConfig} from '../generate-content/schema.js';
import {invalidInput, listAt, objectAt, textAt} from './read-input.js';

/** The tools as those of generateContent; each has its own message. */
export function decodeTools(tools: readonly JsonValue[]): readonly Tool[] {
  return tools.map((tool, index) => decodeTool(objectAt(tool, `tools[${index}]`), `tools[${index}]`));
}

/** Tools that Google runs, by their types, in the names of generateContent. */
const serverTools: Readonly<Record<string, string>> = {
  google_search: 'googleSearch',
  code_execution: 'codeExecution',
  url_context: 'urlContext',
  google_maps: 'googleMaps',
  file_search: 'fileSearch',
  computer_use: 'computerUse',
  mcp_server: 'mcpServers',
  retrieval: 'retrieval',
};

function decodeTool(tool: JsonObject, field: string): Tool {
  const {type, ...options} = tool;
  if (type === 'function') {
    const {parameters} = options;
    const description = textAt(options, 'description', field);
    const name = textAt(options, 'name', field);
    const declaration = omitUndefined({name, description, parametersJsonSchema: parameters ?? undefined});
    return {functionDeclarations: [declaration]};
  }
  const known = typeof type === 'string' && Object.hasOwn(serverTools, type) ? serverTools[type] : undefined;
  if (known === undefined) throw invalidInput(`${field}.type`, 'is not the type of a tool.');
  return {[known]: known === 'mcpServers' ? [options] : options};
}

type FunctionCalling = NonNullable<ToolConfig['functionCallingConfig']>;

/** `auto`, `any`, `none` or `validated`, alone or for some functions. */
export function decodeToolChoice(choice: JsonValue | undefined): FunctionCalling | undefined {
  const field = 'generation_config.tool_choice';
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') return {mode: modeOf(choice, field)};
  const {allowed_tools: allowed} = objectAt(choice, field);
  if (!isJsonObject(allowed)) throw invalidInput(`${field}.allowed_tools`, 'must be an object.');
  const names = listAt(allowed['tools']).filter(name => typeof name === 'string');
  const mode = modeOf(textAt(allowed, 'mode', `${field}.allowed_tools`) ?? 'auto', field);
  if (names.length === 0) return {mode};
  // A free choice among some functions is the one that validates its arguments.
  return {mode: mode === 'AUTO' ? 'VALIDATED' : mode, allowedFunctionNames: names};
}

const modes = ['AUTO', 'ANY', 'NONE', 'VALIDATED'] as const;

function modeOf(choice: string, field: string): (typeof modes)[number] {
  const mode = modes.find(known => known === choice.toUpperCase());
  if (mode) return mode;
  throw invalidInput(field, `must be one of ${modes.join(', ').toLowerCase()}.`);
}
