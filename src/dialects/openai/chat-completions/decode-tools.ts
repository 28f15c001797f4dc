import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {Tool, ToolChoice} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import {checkWire} from '../check-wire.js';
import {notSupported} from '../handling.js';
import {
  AllowedTools,
  AllowedToolsChoice,
  type ChatCompletionRequest,
  FunctionDefinition,
  FunctionName,
  NamedChoice,
  ToolChoiceType,
  ToolDefinition,
  ToolType,
} from './schema.js';

export type DecodedTools = Pick<ChatRequest<AskedContent>, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

const checkToolType = checkWire(ToolType);
const checkTool = checkWire(ToolDefinition);
const checkFunction = checkWire(FunctionDefinition);
const checkChoiceType = checkWire(ToolChoiceType);
const checkNamedChoice = checkWire(NamedChoice);
const checkAllowedChoice = checkWire(AllowedToolsChoice);
const checkAllowed = checkWire(AllowedTools);
const checkName = checkWire(FunctionName);

/** The functions in the current form (`tools`) or the older one (`functions`), which allows one call. */
export function decodeTools(body: ChatCompletionRequest): DecodedTools {
  const {tools = [], tool_choice: choice, parallel_tool_calls: parallel, functions = []} = body;
  const {function_call: functionCall} = body;
  if (tools.length > 0 && functions.length > 0) {
    throw new RetakeError('invalid_request', "'tools' and 'functions' cannot be set at the same time.", {
      field: 'functions',
    });
  }
  if (tools.length === 0) {
    if (choice !== undefined) throw onlyWith('tool_choice', 'tools');
    if (parallel !== undefined) throw onlyWith('parallel_tool_calls', 'tools');
  }
  if (functions.length === 0) {
    if (functionCall !== undefined) throw onlyWith('function_call', 'functions');
    if (tools.length === 0) return {};
    const defined = tools.map((tool, index) => decodeTool(tool, `tools[${index}]`));
    const toolChoice = choice === undefined ? undefined : decodeChoice(choice, defined);
    return omitUndefined({
      tools: defined,
      toolChoice,
      parallelToolCalls: parallel === false ? false : undefined,
    });
  }
  const defined = functions.map((value, index) => toolOf(checkFunction(value, `functions[${index}]`)));
  const toolChoice = functionCall === undefined ? undefined : decodeFunctionCall(functionCall, defined);
  return omitUndefined({tools: defined, toolChoice, parallelToolCalls: false});
}

function decodeTool(value: JsonObject, path: string): Tool {
  const {type} = checkToolType(value, path);
  if (type !== 'function') throw notSupported(`${path}.type`, type);
  return toolOf(checkFunction(checkTool(value, path).function, `${path}.function`));
}

function toolOf({name, description, parameters, strict}: FunctionDefinition): Tool {
  return omitUndefined({name, description, parameters, strict});
}

function decodeChoice(
  choice: NonNullable<ChatCompletionRequest['tool_choice']>,
  tools: readonly Tool[],
): ToolChoice | undefined {
  if (typeof choice === 'string') return choice === 'auto' ? undefined : {type: choice};
  const {type} = checkChoiceType(choice, 'tool_choice');
  switch (type) {
    case 'function': {
      const {function: named} = checkNamedChoice(choice, 'tool_choice');
      return required(checkName(named, 'tool_choice.function').name, tools, 'tool_choice');
    }
    case 'allowed_tools': {
      const path = 'tool_choice.allowed_tools';
      const {mode, tools: allowed} = checkAllowed(
        checkAllowedChoice(choice, 'tool_choice').allowed_tools,
        path,
      );
      const names = allowed.map((value, index) => {
        const at = `${path}.tools[${index}]`;
        const {function: named} = checkNamedChoice(value, at);
        return known(checkName(named, `${at}.function`).name, tools, `${at}.function.name`);
      });
      return {type: mode, allowed: names};
    }
    case 'custom':
      throw notSupported('tool_choice.type', type);
  }
}

function decodeFunctionCall(
  call: NonNullable<ChatCompletionRequest['function_call']>,
  tools: readonly Tool[],
): ToolChoice | undefined {
  if (typeof call === 'string') return call === 'auto' ? undefined : {type: call};
  return required(checkName(call, 'function_call').name, tools, 'function_call');
}

function required(name: string, tools: readonly Tool[], field: string): ToolChoice {
  return {type: 'required', allowed: [known(name, tools, field)]};
}

function known(name: string, tools: readonly Tool[], field: string): string {
  if (tools.some(tool => tool.name === name)) return name;
  throw new RetakeError(
    'invalid_request',
    `Invalid value for '${field}': no function named '${name}' was specified in the request.`,
    {field, reason: 'invalid_value'},
  );
}

function onlyWith(field: string, condition: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `Invalid value for '${field}': '${field}' is only allowed when '${condition}' are specified.`,
    {field, reason: 'invalid_value'},
  );
}
