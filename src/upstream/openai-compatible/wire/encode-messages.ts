import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Content, Part, Turn} from '../../../chat/request.js';
import type {ToolCallPart, ToolResultPart} from '../../../chat/tools.js';
import {defined} from './defined.js';
import {encodeContent, type Sight} from './encode-content.js';

/** Turns as the messages of a chat completion: one for each turn, and one for each result of a tool. */
export async function encodeMessages(turns: readonly Turn[], sight: Sight): Promise<readonly JsonObject[]> {
  const messages: JsonObject[] = [];
  for (const turn of turns)
    messages.push(...(await (turn.role === 'tool' ? encodeResults(turn, sight) : encodeTurn(turn, sight))));
  return messages;
}

async function encodeTurn({role, name, parts}: Turn, sight: Sight): Promise<readonly JsonObject[]> {
  const calls = parts.filter(part => part.type === 'tool-call');
  const content = await encodeContent(contentOf(parts), sight);
  const message = {role, name, content: content === '' && calls.length > 0 ? null : content};
  return [defined({...message, tool_calls: calls.length > 0 ? calls.map(encodeCall) : undefined})];
}

function encodeCall({call, name, arguments: given}: ToolCallPart): JsonObject {
  const text = typeof given === 'string' ? given : stringifyJson(given);
  return {id: call, type: 'function', function: {name, arguments: text}};
}

/** Servers take results as text alone: what came besides it follows them as said by the user. */
async function encodeResults({parts}: Turn, sight: Sight): Promise<readonly JsonObject[]> {
  const results = parts.filter(part => part.type === 'tool-result');
  const besides = [...results.flatMap(({content = []}) => content), ...contentOf(parts)];
  return [
    ...results.map(encodeResult),
    ...(besides.length > 0 ? [{role: 'user', content: await encodeContent(besides, sight)}] : []),
  ];
}

function encodeResult({call, name, value, isError}: ToolResultPart<Content>): JsonObject {
  const told = isError ? {error: value} : value;
  const content = typeof told === 'string' ? told : stringifyJson(told);
  return defined({role: 'tool', tool_call_id: call, name, content});
}

function contentOf(parts: readonly Part[]): readonly Content[] {
  return parts.filter(part => part.type !== 'tool-call' && part.type !== 'tool-result');
}
