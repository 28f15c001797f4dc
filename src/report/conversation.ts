import type {MatchingView} from '../cassette/key.js';
import {formatJson, isJsonObject, type JsonObject, type JsonValue} from '../chat/json.js';

/** A request as a reader sees it: who said what, then the tools and the settings as JSON. */
export type Conversation = {
  readonly turns: readonly ShownTurn[];
  readonly tools: readonly ShownTool[];
  /** Everything else, formatted; absent when there is nothing. */
  readonly settings?: string;
};

export type ShownTurn = {readonly role: string; readonly parts: readonly ShownPart[]};

export type ShownPart =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'media'; readonly count: number}
  | {readonly type: 'json'; readonly text: string};

export type ShownTool = {readonly name: string; readonly definition: string};

export function conversationOf(view: MatchingView): Conversation {
  const {turns, tools, operation, ...settings} = view;
  const others = operation === 'chat' ? settings : {operation: operation ?? null, ...settings};
  return {
    turns: listOf(turns).map(showTurn),
    tools: listOf(tools).map(tool => ({
      name: isJsonObject(tool) ? String(tool['name'] ?? '') : '',
      definition: formatJson(tool),
    })),
    ...(Object.keys(others).length > 0 && {settings: formatJson(others)}),
  };
}

function showTurn(turn: JsonValue): ShownTurn {
  if (!isJsonObject(turn)) return {role: '', parts: [{type: 'json', text: formatJson(turn)}]};
  const {role, name, parts, ...others} = turn;
  return {
    role: [role, name].filter(word => typeof word === 'string').join(' '),
    parts: [...listOf(parts).map(showPart), ...(Object.keys(others).length > 0 ? [asJson(others)] : [])],
  };
}

function showPart(part: JsonValue): ShownPart {
  if (!isJsonObject(part)) return asJson(part);
  const {type} = part;
  if (type === 'text' && typeof part['text'] === 'string') return {type, text: part['text']};
  if (type === 'image') return {type: 'media', count: 1};
  if (type === 'document') return {type: 'media', count: listOf(part['pages']).length};
  return asJson(part);
}

function asJson(value: JsonValue): ShownPart {
  return {type: 'json', text: formatJson(value as JsonObject)};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
