import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {ToolChoice} from '../../../chat/tools.js';
import {RetakeError} from '../../../errors.js';
import {checkWire} from '../check-wire.js';
import {notSupported} from '../handling.js';
import type {CallForm, CallForms} from './call-forms.js';
import type {ConversationSettings} from './conversation-settings.js';
import {type ClientTool, decodeClientTool} from './decode-tool.js';
import type {ResponseRequest} from './schema.js';
import {AllowedTools, NamedTool, ToolChoiceType, ToolType} from './tool-schema.js';

export type DecodedTools = Pick<
  ChatRequest<AskedContent>,
  'tools' | 'toolChoice' | 'parallelToolCalls' | 'serverTools'
> & {readonly callForms: CallForms; readonly warnings: readonly string[]};

const checkToolType = checkWire(ToolType);
const checkChoiceType = checkWire(ToolChoiceType);
const checkNamed = checkWire(NamedTool);
const checkAllowed = checkWire(AllowedTools);

/** The functions that the model may call. Tools that the provider would run are part of the key, and are not run. */
export function decodeTools(
  {
    tools = [],
    tool_choice: choice,
    parallel_tool_calls: parallel,
  }: Pick<ResponseRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>,
  {tools: added}: Pick<ConversationSettings, 'tools'>,
): DecodedTools {
  const given = [...tools.map((tool, index) => ({tool, path: `tools[${index}]`})), ...added];
  const functions: ClientTool[] = [];
  const served: JsonObject[] = [];
  const warnings: string[] = [];
  for (const {tool, path} of given) {
    const {type} = checkToolType(tool, path);
    if (type === 'function' || type === 'custom' || type === 'namespace') {
      for (const client of decodeClientTool(type, tool, path)) addTool(functions, client, path);
    } else {
      served.push(tool);
      warnings.push(`The tool '${type}' is one that the provider runs: it was not used.`);
    }
  }
  const toolChoice = decodeChoice(choice, functions);
  return {
    ...(functions.length > 0 &&
      omitUndefined({
        tools: functions.map(({tool}) => tool),
        toolChoice,
        parallelToolCalls: parallel === false ? parallel : undefined,
      })),
    ...(served.length > 0 && {serverTools: served}),
    callForms: new Map(functions.map(({tool, form}) => [tool.name, form])),
    warnings,
  };
}

/** Tools that are given again, as items of a conversation do, are the same tools. */
function addTool(functions: ClientTool[], client: ClientTool, path: string): void {
  const {tool, form} = client;
  const same = functions.findIndex(({tool: {name}}) => name === tool.name);
  const before = functions[same];
  if (!before || path.startsWith('tools[')) {
    if (before && !isSameForm(before.form, form)) throw sameName(tool.name, path);
    functions.push(client);
    return;
  }
  if (!isSameForm(before.form, form)) throw sameName(tool.name, path);
  functions[same] = client;
}

function isSameForm(a: CallForm, b: CallForm): boolean {
  return a.type === b.type && a.name === b.name && a.namespace === b.namespace;
}

function sameName(name: string, path: string): RetakeError {
  return new RetakeError('invalid_request', `Two different tools have the name '${name}'.`, {
    field: `${path}.name`,
    reason: 'invalid_value',
    hint: 'The model gets a tool of a namespace under one name, NAMESPACE__NAME.',
  });
}

function decodeChoice(
  choice: ResponseRequest['tool_choice'],
  tools: readonly ClientTool[],
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
    case 'custom':
      return {type: 'required', allowed: [known(checkNamed(choice, 'tool_choice'), tools)]};
    case 'allowed_tools': {
      const {mode, tools: allowed} = checkAllowed(choice, 'tool_choice');
      const names = allowed.map((tool, index) => {
        const path = `tool_choice.tools[${index}]`;
        const {type: kind} = checkToolType(tool, path);
        if (kind !== 'function' && kind !== 'custom') throw notSupported(`${path}.type`, kind);
        return known(checkNamed(tool, path), tools);
      });
      return {type: mode, allowed: names};
    }
    default:
      throw notSupported('tool_choice.type', type);
  }
}

/** The model's name for a tool, which a choice names with or without its namespace. */
function known(choice: NamedTool, tools: readonly ClientTool[]): string {
  const {type, name, namespace} = choice;
  const found = tools.find(({tool, form}) => {
    const isNamed = form.name === name && (namespace === undefined || form.namespace === namespace);
    return form.type === callTypes[type] && (isNamed || tool.name === name);
  });
  if (found) return found.tool.name;
  throw notFound(name);
}

const callTypes = {function: 'function_call', custom: 'custom_tool_call'} as const;

function notFound(choice: string): RetakeError {
  return new RetakeError('invalid_request', `Tool choice '${choice}' not found in 'tools' parameter.`, {
    field: 'tool_choice',
  });
}
