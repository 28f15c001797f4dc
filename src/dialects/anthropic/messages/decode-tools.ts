import type {JsonObject} from '../../../chat/json.js';
import {isJsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {ToolChoice as NeutralChoice, Tool as NeutralTool} from '../../../chat/tools.js';
import {checkWire} from '../check-wire.js';
import {fault} from '../invalid-value.js';
import {Tool, ToolChoice} from './schema.js';
import {isServerTool, serverToolTypes} from './server-tools.js';

export type DecodedTools = Pick<ChatRequest<AskedContent>, 'tools' | 'toolChoice' | 'parallelToolCalls'> & {
  /** The tools that the provider runs or defines. */
  readonly unserved: readonly JsonObject[];
};

const checkTool = checkWire(Tool);
const checkChoice = checkWire(ToolChoice);

/** The functions that the model may call, and the tool choice. Tools of other types than `custom` belong to the provider. */
export function decodeTools(tools: readonly JsonObject[] = [], choice: JsonObject | undefined): DecodedTools {
  const isOwn = ({type}: JsonObject) => type === undefined || type === null || type === 'custom';
  const functions = tools.flatMap((tool, index) => (isOwn(tool) ? [decodeTool(tool, index)] : []));
  const names = new Set<string>();
  for (const {name} of functions) {
    if (names.has(name)) throw fault('tools', 'Tool names must be unique.');
    names.add(name);
  }
  const unserved = tools.filter(tool => !isOwn(tool));
  const strange = unserved.findIndex(({type}) => typeof type !== 'string');
  if (strange !== -1)
    throw fault(`tools.${tools.indexOf(unserved[strange] ?? {})}.type`, 'Input should be a valid string');
  const unknown = unserved.find(({type}) => typeof type === 'string' && !isServerTool(type));
  if (unknown) {
    throw fault(
      `tools.${tools.indexOf(unknown)}`,
      `Input tag '${unknown['type']}' found using 'type' does not match any of the expected tags: ${expectedTags}`,
    );
  }
  return {
    ...(functions.length > 0 && {tools: functions}),
    ...(choice && decodeChoice(choice, {functions: names, others: unserved})),
    unserved,
  };
}

const expectedTags = ['custom', ...serverToolTypes]
  .sort()
  .map(type => `'${type}'`)
  .join(', ');

function decodeTool(value: JsonObject, index: number): NeutralTool {
  const path = `tools.${index}.custom`;
  const {name, description, input_schema: schema, input_examples: examples, strict} = checkTool(value, path);
  if (schema['type'] !== 'object') throw fault(`${path}.input_schema.type`, "Input should be 'object'");
  const parameters = examples && examples.length > 0 ? {...schema, examples} : schema;
  return omitUndefined({name, description, parameters, strict});
}

function decodeChoice(
  value: JsonObject,
  {functions, others}: {functions: ReadonlySet<string>; others: readonly JsonObject[]},
): Pick<DecodedTools, 'toolChoice' | 'parallelToolCalls'> {
  const {type, name, disable_parallel_tool_use: isSingle = false} = checkChoice(value, 'tool_choice');
  if (functions.size === 0 && others.length === 0) {
    throw fault('tool_choice', '`tool_choice` may only be specified while providing `tools`.');
  }
  if (name !== undefined && type !== 'tool') {
    throw fault(`tool_choice.${type}.name`, 'Extra inputs are not permitted');
  }
  if (functions.size === 0) {
    if (type === 'auto' || type === 'none') return {};
    throw fault('tool_choice', 'none of the `tools` can be called here: only Anthropic can run them');
  }
  const single = isSingle ? ({parallelToolCalls: false} as const) : {};
  switch (type) {
    case 'auto':
      return single;
    case 'none':
      return {toolChoice: {type: 'none'}};
    case 'any':
      return {toolChoice: {type: 'required'}, ...single};
    case 'tool':
      return {toolChoice: namedChoice(name, functions, others), ...single};
  }
}

function namedChoice(
  name: string | undefined,
  functions: ReadonlySet<string>,
  others: readonly JsonObject[],
): NeutralChoice {
  if (name === undefined) throw fault('tool_choice.tool.name', 'Field required');
  if (functions.has(name)) return {type: 'required', allowed: [name]};
  const isOther = others.some(tool => isJsonObject(tool) && tool['name'] === name);
  throw fault(
    'tool_choice',
    isOther ? `Tool '${name}' can only be run by Anthropic` : `Tool '${name}' not found in provided tools`,
  );
}
