import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {Tool, ToolChoice} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import {checkWire} from '../check-wire.js';
import {checkedGrammar, customToolAsFunction} from '../custom-tools.js';
import {
  AllowedTools,
  AllowedToolsChoice,
  type ChatCompletionRequest,
  CustomDefinition,
  CustomFormatType,
  CustomGrammar,
  CustomGrammarFormat,
  CustomTextFormat,
  CustomToolDefinition,
  FunctionDefinition,
  FunctionName,
  NamedChoice,
  NamedCustomChoice,
  ToolChoiceType,
  ToolDefinition,
  ToolType,
} from './schema.js';

export type DecodedTools = {
  readonly tools: Pick<ChatRequest<AskedContent>, 'tools' | 'toolChoice' | 'parallelToolCalls'>;
  /** The names of the custom tools, which the model gets as functions. */
  readonly customTools: readonly string[];
};

/** A tool as the model gets it, and its type on the wire. */
type ClientTool = {readonly type: 'function' | 'custom'; readonly tool: Tool};

const checkToolType = checkWire(ToolType);
const checkTool = checkWire(ToolDefinition);
const checkFunction = checkWire(FunctionDefinition);
const checkChoiceType = checkWire(ToolChoiceType);
const checkNamedChoice = checkWire(NamedChoice);
const checkAllowedChoice = checkWire(AllowedToolsChoice);
const checkAllowed = checkWire(AllowedTools);
const checkNamedCustom = checkWire(NamedCustomChoice);
const checkName = checkWire(FunctionName);
const checkCustomTool = checkWire(CustomToolDefinition);
const checkCustom = checkWire(CustomDefinition);
const checkFormatType = checkWire(CustomFormatType);
const checkTextFormat = checkWire(CustomTextFormat);
const checkGrammarFormat = checkWire(CustomGrammarFormat);
const checkGrammar = checkWire(CustomGrammar);

/** The tools in the current form (`tools`) or the older one (`functions`), which allows one call. */
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
    if (tools.length === 0) return {tools: {}, customTools: []};
    const defined = tools.map((tool, index) => decodeTool(tool, `tools[${index}]`));
    const toolChoice = choice === undefined ? undefined : decodeChoice(choice, defined);
    return {
      tools: omitUndefined({
        tools: defined.map(({tool}) => tool),
        toolChoice,
        parallelToolCalls: parallel === false ? false : undefined,
      }),
      customTools: defined.flatMap(({type, tool}) => (type === 'custom' ? [tool.name] : [])),
    };
  }
  const defined = functions.map((value, index) => functionOf(checkFunction(value, `functions[${index}]`)));
  const toolChoice = functionCall === undefined ? undefined : decodeFunctionCall(functionCall, defined);
  const given = defined.map(({tool}) => tool);
  return {tools: omitUndefined({tools: given, toolChoice, parallelToolCalls: false}), customTools: []};
}

function decodeTool(value: JsonObject, path: string): ClientTool {
  const {type} = checkToolType(value, path);
  if (type === 'function')
    return functionOf(checkFunction(checkTool(value, path).function, `${path}.function`));
  const at = `${path}.custom`;
  const {name, description, format} = checkCustom(checkCustomTool(value, path).custom, at);
  const grammar = format && decodeFormat(format, `${at}.format`);
  return {type, tool: customToolAsFunction({name, description, grammar})};
}

function decodeFormat(format: JsonObject, path: string) {
  if (checkFormatType(format, path).type === 'grammar')
    return checkedGrammar(
      checkGrammar(checkGrammarFormat(format, path).grammar, `${path}.grammar`),
      `${path}.grammar`,
    );
  checkTextFormat(format, path);
  return undefined;
}

function functionOf({name, description, parameters, strict}: FunctionDefinition): ClientTool {
  return {type: 'function', tool: omitUndefined({name, description, parameters, strict})};
}

function decodeChoice(
  choice: NonNullable<ChatCompletionRequest['tool_choice']>,
  tools: readonly ClientTool[],
): ToolChoice | undefined {
  if (typeof choice === 'string') return choice === 'auto' ? undefined : {type: choice};
  const {type} = checkChoiceType(choice, 'tool_choice');
  switch (type) {
    case 'function':
    case 'custom':
      return {type: 'required', allowed: [known(nameIn(type, choice, 'tool_choice'), tools, 'tool_choice')]};
    case 'allowed_tools': {
      const path = 'tool_choice.allowed_tools';
      const {mode, tools: allowed} = checkAllowed(
        checkAllowedChoice(choice, 'tool_choice').allowed_tools,
        path,
      );
      const names = allowed.map((value, index) => {
        const at = `${path}.tools[${index}]`;
        const {type: kind} = checkToolType(value, at);
        return known(nameIn(kind, value, at), tools, `${at}.${kind}.name`);
      });
      return {type: mode, allowed: names};
    }
  }
}

/** The tool that a choice names. */
function nameIn(
  type: ClientTool['type'],
  value: JsonObject,
  path: string,
): Pick<ClientTool, 'type'> & {readonly name: string} {
  const named =
    type === 'function' ? checkNamedChoice(value, path).function : checkNamedCustom(value, path).custom;
  return {type, name: checkName(named, `${path}.${type}`).name};
}

function decodeFunctionCall(
  call: NonNullable<ChatCompletionRequest['function_call']>,
  tools: readonly ClientTool[],
): ToolChoice | undefined {
  if (typeof call === 'string') return call === 'auto' ? undefined : {type: call};
  const {name} = checkName(call, 'function_call');
  return {type: 'required', allowed: [known({type: 'function', name}, tools, 'function_call')]};
}

function known({type, name}: ReturnType<typeof nameIn>, tools: readonly ClientTool[], field: string): string {
  if (tools.some(given => given.type === type && given.tool.name === name)) return name;
  const noun = type === 'function' ? 'function' : 'custom tool';
  throw new RetakeError(
    'invalid_request',
    `Invalid value for '${field}': no ${noun} named '${name}' was specified in the request.`,
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
