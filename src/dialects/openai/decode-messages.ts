import type {JsonObject} from '../../chat/json.js';
import type {AskedContent, Part as NeutralPart, Turn as NeutralTurn, Role} from '../../chat/request.js';
import {checkWire} from './check-wire.js';
import {notSupported, refuseUnsupported} from './handling.js';
import {unknownParameter} from './invalid-value.js';
import {AssistantPartType, Message, PartType, RefusalPart, TextPart} from './schema.js';

type Turn = NeutralTurn<AskedContent>;
type Part = NeutralPart<AskedContent>;

/** Decodes the conversation. History that says nothing (`refusal: null`, `tool_calls: []`, content `""`) leaves no trace. */
export function decodeMessages(messages: readonly JsonObject[]): Turn[] {
  return messages.map((message, index) => decodeMessage(message, `messages[${index}]`));
}

const checkMessage = checkWire(Message);
const checkPartType = checkWire(PartType);
const checkAssistantPartType = checkWire(AssistantPartType);
const checkTextPart = checkWire(TextPart);
const checkRefusalPart = checkWire(RefusalPart);

/** `developer` is the newer name of `system`; the roles without an entry answer tool calls. */
const roles: {readonly [Name in Message['role']]?: Role} = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

function decodeMessage(value: JsonObject, path: string): Turn {
  const message = checkMessage(value, path);
  const role = roles[message.role];
  if (role === undefined) throw notSupported(`${path}.role`, message.role);
  refuseUnsupported(Message, message, path);
  const {name, content, refusal} = message;
  if (refusal !== undefined && role !== 'assistant') throw unknownParameter(`${path}.refusal`);
  return {
    role,
    ...(name !== undefined && {name}),
    parts: [...decodeContent(content, role, `${path}.content`), ...textParts(refusal ?? '')],
  };
}

function decodeContent(content: Message['content'], role: Role, path: string): Part[] {
  if (content === undefined) return [];
  if (typeof content !== 'string') {
    return content.map((part, index) => decodePart(part, role, `${path}[${index}]`));
  }
  return role === 'assistant' ? textParts(content) : [{type: 'text', text: content}];
}

/** An assistant that said nothing has no part, whether that is written `""`, null or not at all. */
function textParts(text: string): Part[] {
  return text === '' ? [] : [{type: 'text', text}];
}

function decodePart(part: JsonObject, role: Role, path: string): Part {
  const {type} = role === 'assistant' ? checkAssistantPartType(part, path) : checkPartType(part, path);
  if (type === 'text') return {type: 'text', text: checkTextPart(part, path).text};
  if (type === 'refusal') return {type: 'text', text: checkRefusalPart(part, path).refusal};
  throw notSupported(`${path}.${type}`);
}
