import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {Tool, ToolChoice} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import {checkWire} from '../check-wire.js';
import {notSupported, refuseUnsupported} from '../handling.js';
import {
  AllowedTools,
  FunctionTool,
  NamedTool,
  type ResponseRequest,
  ToolChoiceType,
  ToolType,
} from './schema.js';

export type DecodedTools = Pick<
  ChatRequest<AskedContent>,
  'tools' | 'toolChoice' | 'parallelToolCalls' | 'serverTools'
> & {readonly warnings: readonly string[]};

const checkToolType = checkWire(ToolType);
const checkFunction = checkWire(FunctionTool);
const checkChoiceType = checkWire(ToolChoiceType);
const checkNamed = checkWire(NamedTool);
const checkAllowed = checkWire(AllowedTools);

/** The functions that the model may call. Tools that the provider would run are part of the key, and are not run. */
export function decodeTools({
  tools = [],
  tool_choice: choice,
  parallel_tool_calls: parallel,
}: Pick<ResponseRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>): DecodedTools {
  const functions: Tool[] = [];
  const served: JsonObject[] = [];
  const warnings: string[] = [];
  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`;
    const {type} = checkToolType(tool, path);
    if (type === 'function') functions.push(decodeFunction(tool, path));
    else if (type === 'custom' || type === 'namespace') throw notSupported(`${path}.type`, type);
    else {
      served.push(tool);
      warnings.push(`The tool '${type}' is one that the provider runs: it was not used.`);
    }
  }
  const toolChoice = decodeChoice(choice, functions);
  return {
    ...(functions.length > 0 &&
      omitUndefined({
        tools: functions,
        toolChoice,
        parallelToolCalls: parallel === false ? parallel : undefined,
      })),
    ...(served.length > 0 && {serverTools: served}),
    warnings,
  };
}

function decodeFunction(value: JsonObject, path: string): Tool {
  const tool = checkFunction(value, path);
  refuseUnsupported(FunctionTool, tool, path);
  const {name, description, parameters, strict} = tool;
  return omitUndefined({name, description, parameters, strict});
}

function decodeChoice(
  choice: ResponseRequest['tool_choice'],
  tools: readonly Tool[],
): ToolChoice | undefined {
  if (choice === undefined || choice === 'auto') return undefined;
  if (choice === 'none') return {type: 'none'};
  if (choice === 'required') {
    if (tools.length > 0) return {type: 'required'};
    throw notFound('required');
  }
  const {type} = checkChoiceType(choice, 'tool_choice');
  switch (type) {
    case 'function':
      return {type: 'required', allowed: [known(checkNamed(choice, 'tool_choice').name, tools)]};
    case 'allowed_tools': {
      const {mode, tools: allowed} = checkAllowed(choice, 'tool_choice');
      const names = allowed.map((tool, index) => {
        const path = `tool_choice.tools[${index}]`;
        const {type: kind} = checkToolType(tool, path);
        if (kind !== 'function') throw notSupported(`${path}.type`, kind);
        return known(checkNamed(tool, path).name, tools);
      });
      return {type: mode, allowed: names};
    }
    default:
      throw notSupported('tool_choice.type', type);
  }
}

function known(name: string, tools: readonly Tool[]): string {
  if (tools.some(tool => tool.name === name)) return name;
  throw notFound(name);
}

function notFound(choice: string): RetakeError {
  return new RetakeError('invalid_request', `Tool choice '${choice}' not found in 'tools' parameter.`, {
    field: 'tool_choice',
  });
}
