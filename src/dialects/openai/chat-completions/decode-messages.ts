import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, Part as NeutralPart, Turn as NeutralTurn, Role} from '../../../chat/request.js';
import type {ToolCallPart, ToolResultPart} from '../../../chat/tools.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {argumentsOfInput} from '../custom-tools.js';
import {refuseUnsupported} from '../handling.js';
import {missingParameter, unknownParameter} from '../invalid-value.js';
import {CallHistory} from './call-history.js';
import {decodePart} from './decode-part.js';
import {CustomCall, CustomToolCall, FunctionCall, Message, ToolCall, ToolCallType} from './schema.js';

type Turn = NeutralTurn<AskedContent>;
type Part = NeutralPart<AskedContent>;

/** Decodes the conversation. Empty history (`refusal: null`, `tool_calls: []`, content `""`) has no effect. */
export function decodeMessages(messages: readonly JsonObject[], files: RequestedFiles): Turn[] {
  const calls = new CallHistory();
  const turns = messages.map((message, index) =>
    decodeMessage(message, `messages[${index}]`, {calls, files}),
  );
  calls.requireAnswers();
  return turns;
}

const checkMessage = checkWire(Message);
const checkToolCallType = checkWire(ToolCallType);
const checkToolCall = checkWire(ToolCall);
const checkFunctionCall = checkWire(FunctionCall);
const checkCustomToolCall = checkWire(CustomToolCall);
const checkCustomCall = checkWire(CustomCall);

/** `developer` is the newer name of `system`, `function` the older one of `tool`. */
const roles: Readonly<Record<Message['role'], Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** The context of a message: the tool calls before it, and the uploaded files. */
type Surroundings = {readonly calls: CallHistory; readonly files: RequestedFiles};

function decodeMessage(value: JsonObject, path: string, {calls, files}: Surroundings): Turn {
  const message = checkMessage(value, path);
  const role = roles[message.role];
  refuseUnsupported(Message, message, path);
  calls.expectAt(role);
  if (role === 'tool') return {role, parts: [decodeResult(message, path, {calls, files})]};
  const {name, content, refusal} = message;
  for (const field of ['refusal', 'tool_calls', 'function_call'] as const) {
    if (message[field] !== undefined && role !== 'assistant') throw unknownParameter(`${path}.${field}`);
  }
  if (message.tool_call_id !== undefined) throw unknownParameter(`${path}.tool_call_id`);
  return omitUndefined({
    role,
    name,
    parts: [
      ...decodeContent(content, role, {path: `${path}.content`, files}),
      ...textParts(refusal ?? ''),
      ...decodeCalls(message, path, calls),
    ],
  });
}

function decodeContent(
  content: Message['content'],
  role: Role,
  {path, files}: {readonly path: string; readonly files: RequestedFiles},
): AskedContent[] {
  if (content === undefined) return [];
  if (typeof content !== 'string') {
    const parts = content.map((part, index) => decodePart(part, role, {path: `${path}[${index}]`, files}));
    return role === 'assistant' ? parts.filter(part => part.type !== 'text' || part.text !== '') : parts;
  }
  return role === 'assistant' ? textParts(content) : [{type: 'text', text: content}];
}

/** An empty assistant message has no part, whether its content is `""`, null or absent. */
function textParts(text: string): AskedContent[] {
  return text === '' ? [] : [{type: 'text', text}];
}

function decodeCalls(message: Message, path: string, calls: CallHistory): Part[] {
  const called = (message.tool_calls ?? []).map((value, index): ToolCallPart => {
    const at = `${path}.tool_calls[${index}]`;
    const {type = 'function'} = checkToolCallType(value, at);
    if (type === 'custom') {
      const {id, custom} = checkCustomToolCall(value, at);
      const {name, input} = checkCustomCall(custom, `${at}.custom`);
      calls.begin(id);
      return {type: 'tool-call', call: id, name, arguments: argumentsOfInput(input)};
    }
    const {id, function: inner} = checkToolCall(value, at);
    const {name, arguments: text} = checkFunctionCall(inner, `${at}.function`);
    calls.begin(id);
    return {type: 'tool-call', call: id, name, arguments: text};
  });
  if (message.function_call === undefined) return called;
  const {name, arguments: text} = checkFunctionCall(message.function_call, `${path}.function_call`);
  return [...called, {type: 'tool-call', call: calls.beginFunction(name), name, arguments: text}];
}

/** A tool result: its text and its other content. */
function decodeResult(
  message: Message,
  path: string,
  {calls, files}: Surroundings,
): ToolResultPart<AskedContent> {
  const {role, content, name} = message;
  if (content === undefined && role === 'tool') throw missingParameter(`${path}.content`);
  const parts = decodeContent(content, 'user', {path: `${path}.content`, files});
  const others = parts.filter(part => part.type !== 'text');
  return omitUndefined({
    type: 'tool-result',
    call: callOf(message, path, calls),
    name,
    value: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    content: others.length > 0 ? others : undefined,
  });
}

function callOf({role, name, tool_call_id: id}: Message, path: string, calls: CallHistory): string {
  if (role === 'tool') {
    if (id === undefined) throw missingParameter(`${path}.tool_call_id`);
    return calls.answer(id, path);
  }
  if (name === undefined) throw missingParameter(`${path}.name`);
  return calls.answerFunction(name);
}
