import type {MatchingView} from '../cassette/key/key.js';
import {formatJson, isJsonObject, type JsonObject, type JsonValue, listOf} from '../chat/json.js';
import {rawRequestText} from './raw-request-text.js';

/** A request for display: its turns, then its tools and settings as JSON. */
export type Conversation = {
  readonly turns: readonly ShownTurn[];
  readonly tools: readonly ShownTool[];
  /** Everything else. */
  readonly settings: JsonObject;
};

export type ShownTurn = {readonly role: string; readonly parts: readonly ShownPart[]};

export type ShownPart =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'media'; readonly count: number}
  | {readonly type: 'json'; readonly text: string};

export type ShownTool = {readonly name: string; readonly definition: string};

export function conversationOf(view: MatchingView): Conversation {
  if (view['operation'] === 'raw') {
    const request: ShownTurn = {role: 'request', parts: [{type: 'text', text: rawRequestText(view)}]};
    return {turns: [request], tools: [], settings: {}};
  }
  const {turns, inputs, prompts, tools, operation, ...settings} = view;
  return {
    turns: [
      ...listOf(turns).map(showTurn),
      ...listOf(inputs).map(showInput),
      ...listOf(prompts).map(showPrompt),
    ],
    tools: listOf(tools).map(tool => ({
      name: isJsonObject(tool) ? String(tool['name'] ?? '') : '',
      definition: formatJson(tool),
    })),
    settings: operation === 'chat' ? settings : {operation: operation ?? null, ...settings},
  };
}

/** The settings as formatted JSON; empty if there are none. */
export function settingsText({settings}: Conversation): string {
  return Object.keys(settings).length > 0 ? formatJson(settings) : '';
}

function showTurn(turn: JsonValue): ShownTurn {
  if (!isJsonObject(turn)) return {role: '', parts: [{type: 'json', text: formatJson(turn)}]};
  const {role, name, parts, ...others} = turn;
  return {
    role: [role, name].filter(word => typeof word === 'string').join(' '),
    parts: [...listOf(parts).map(showPart), ...(Object.keys(others).length > 0 ? [asJson(others)] : [])],
  };
}

/** An input of an embeddings request. */
function showInput(input: JsonValue): ShownTurn {
  if (!isJsonObject(input)) return {role: 'input', parts: [asJson(input)]};
  const {content, ...others} = input;
  const parts = Array.isArray(content) ? content.map(showPart) : [asJson(content ?? null)];
  return {role: 'input', parts: [...parts, ...(Object.keys(others).length > 0 ? [asJson(others)] : [])]};
}

function showPrompt(prompt: JsonValue): ShownTurn {
  return {
    role: 'prompt',
    parts: [typeof prompt === 'string' ? {type: 'text', text: prompt} : asJson(prompt)],
  };
}

function showPart(part: JsonValue): ShownPart {
  if (!isJsonObject(part)) return asJson(part);
  const {type} = part;
  if (type === 'text' && typeof part['text'] === 'string') return {type, text: part['text']};
  if (type === 'tool-call')
    return {type: 'json', text: `calls ${nameOf(part)}(${formatJson(part['arguments'] ?? null)})`};
  if (type === 'tool-result') {
    const {type: _type, call: _call, name: _name, ...result} = part;
    return {type: 'json', text: `${nameOf(part)} returned ${formatJson(result)}`};
  }
  if (type === 'image') return {type: 'media', count: 1};
  if (type === 'document') return {type: 'media', count: listOf(part['pages']).length};
  return asJson(part);
}

/** A result may omit the name of its function, but it always names its call. */
function nameOf({name, call}: JsonObject): string {
  return String(name ?? call ?? '');
}

function asJson(value: JsonValue): ShownPart {
  return {type: 'json', text: formatJson(value as JsonObject)};
}

/** A turn as one text. */
export function turnText(turn: ShownTurn | undefined): string {
  return turn?.parts.map(partText).join('\n') ?? '';
}

function partText(part: ShownPart): string {
  switch (part.type) {
    case 'text':
    case 'json':
      return part.text;
    case 'media':
      return part.count === 1 ? '[shown above]' : `[${part.count} pages, shown above]`;
  }
}
