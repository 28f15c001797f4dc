import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Content, Part, Turn} from '../../../chat/request.js';
import type {ToolCallPart, ToolResultPart} from '../../../chat/tools.js';
import {encodeContent, type Vision} from './encode-content.js';

/** Turns as the messages of a chat completion: one for each turn, and one for each tool result. */
export async function encodeMessages(turns: readonly Turn[], vision: Vision): Promise<readonly JsonObject[]> {
  const messages: JsonObject[] = [];
  for (const turn of turns)
    messages.push(...(await (turn.role === 'tool' ? encodeResults(turn, vision) : encodeTurn(turn, vision))));
  return messages;
}

async function encodeTurn({role, name, parts}: Turn, vision: Vision): Promise<readonly JsonObject[]> {
  const calls = parts.filter(part => part.type === 'tool-call');
  const content = await encodeContent(contentOf(parts), vision);
  const message = {role, name, content: content === '' && calls.length > 0 ? null : content};
  return [omitUndefined({...message, tool_calls: calls.length > 0 ? calls.map(encodeCall) : undefined})];
}

function encodeCall({call, name, arguments: given}: ToolCallPart): JsonObject {
  const text = typeof given === 'string' ? given.trim() || '{}' : stringifyJson(given);
  return {id: call, type: 'function', function: {name, arguments: text}};
}

/** Servers accept tool results only as text: other content follows in a user message. */
async function encodeResults({parts}: Turn, vision: Vision): Promise<readonly JsonObject[]> {
  const results = parts.filter(part => part.type === 'tool-result');
  const otherContent = [...results.flatMap(({content = []}) => content), ...contentOf(parts)];
  return [
    ...results.map(encodeResult),
    ...(otherContent.length > 0 ? [{role: 'user', content: await encodeContent(otherContent, vision)}] : []),
  ];
}

function encodeResult({call, name, value, isError}: ToolResultPart<Content>): JsonObject {
  const result = isError ? {error: value} : value;
  const content = typeof result === 'string' ? result : stringifyJson(result);
  return omitUndefined({role: 'tool', tool_call_id: call, name, content});
}

function contentOf(parts: readonly Part[]): readonly Content[] {
  return parts.filter(part => part.type !== 'tool-call' && part.type !== 'tool-result');
}
