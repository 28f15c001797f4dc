import type {AnswerChunk} from '../../../chat/chunk.js';
import {type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {isJsonSpace} from '../../../chat/json-text.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {decodeLogprobs} from '../../kit/completion-chunks/decode-logprobs.js';
import {CharacterJoiner} from '../../kit/join-characters.js';
import {notUnderstood} from '../../kit/provider-failure.js';
import {listIn, nameIn, objectIn, textIn} from '../../kit/provider-json.js';
import {nameForModel} from './call-forms.js';

/** An output item that is being read. */
export type ItemDecoder = {
  readonly isCall: boolean;
  readonly hasEnded: boolean;
  begin(): Generator<AnswerChunk>;
  /** Adds what an event says. @throws RetakeError `upstream_failed` if it does not belong to the item */
  add(piece: Piece, event: JsonObject): Generator<AnswerChunk>;
  /** Adds what the whole item has beyond its deltas. @throws RetakeError `upstream_failed` if it differs from them */
  end(item: JsonObject): Generator<AnswerChunk>;
};

export type PieceKind = 'text' | 'refusal' | 'reasoning' | 'summary' | 'arguments' | 'input';

type Piece = {
  readonly kind: PieceKind;
  /** The number of its part within the item. */
  readonly part: number;
  readonly text: string;
  readonly logprobs?: JsonValue | undefined;
};

type ItemKind = 'message' | 'reasoning' | 'function_call' | 'custom_tool_call' | 'silent';

const kindsOfPieces: Readonly<Record<ItemKind, readonly PieceKind[]>> = {
  message: ['text', 'refusal'],
  reasoning: ['reasoning', 'summary'],
  function_call: ['arguments'],
  custom_tool_call: ['input'],
  silent: [],
};

/** The arguments of the function that a custom tool is for the model have its text as `input`. */
const inputBegins = '{"input":"';
const inputEnds = '"}';

/** Items of the provider's own tools: no text of the model, and no call for the client. */
const silentItems = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'mcp_call',
  'mcp_list_tools',
]);

/** @throws RetakeError `upstream_failed` if the item is of an unknown type */
export function openItem(
  opened: JsonObject,
  {call, topLogprobs}: {readonly call: number; readonly topLogprobs: number | undefined},
): ItemDecoder {
  const kind = kindOf(opened);
  const isCall = kind === 'function_call' || kind === 'custom_tool_call';
  const joiner = new CharacterJoiner();
  let said = '';
  let last: Piece | undefined;
  let hasEnded = false;

  function* say(piece: Piece): Generator<AnswerChunk> {
    const text = separator(last, piece) + piece.text;
    last = piece;
    said += text;
    yield* emit(joiner.add(piece.kind, text), piece);
  }

  /** What waits for the other half of a character. */
  function* emitRest(): Generator<AnswerChunk> {
    for (const piece of kindsOfPieces[kind]) yield* emit(joiner.end(piece), {kind: piece});
  }

  function* emit(text: string, piece: Pick<Piece, 'kind' | 'logprobs'>): Generator<AnswerChunk> {
    if (isCall) {
      const argued = kind === 'custom_tool_call' ? stringifyJson(text).slice(1, -1) : text;
      if (text !== '') yield {type: 'tool-call-delta', candidate: 0, call, text: argued};
    } else if (kind === 'reasoning') {
      if (text !== '') yield {type: 'reasoning-delta', candidate: 0, text};
    } else if (piece.kind === 'refusal') {
      if (text !== '') yield {type: 'text-delta', candidate: 0, text, refusal: true};
    } else {
      const {logprobs: tokens = null} = piece;
      const decoded = topLogprobs === undefined ? [] : (decodeLogprobs({content: tokens}, topLogprobs) ?? []);
      const logprobs = decoded.length > 0 ? decoded : undefined;
      if (text !== '' || logprobs) yield omitUndefined({type: 'text-delta', candidate: 0, text, logprobs});
    }
  }

  function* emitBeyond(length: number, pieces: readonly Piece[]): Generator<AnswerChunk> {
    let left = length;
    for (const [index, piece] of pieces.entries()) {
      const text = separator(pieces[index - 1], piece) + piece.text;
      yield* emit(joiner.add(piece.kind, text.slice(left)), {kind: piece.kind});
      left = Math.max(0, left - text.length);
    }
  }

  return {
    isCall,
    get hasEnded() {
      return hasEnded;
    },
    *begin() {
      if (!isCall) return;
      const name = nameIn(opened, 'name');
      if (name === undefined) throw notUnderstood('a call has no name', opened);
      const namespace = nameIn(opened, 'namespace');
      yield {type: 'tool-call-start', candidate: 0, call, name: nameForModel({name, namespace})};
      if (kind === 'custom_tool_call') yield {type: 'tool-call-delta', candidate: 0, call, text: inputBegins};
    },
    *add(piece, event) {
      if (hasEnded || !kindsOfPieces[kind].includes(piece.kind))
        throw notUnderstood(`a delta does not belong to its item of the type ${kind}`, event);
      yield* say(piece);
    },
    *end(item) {
      if (item['type'] !== opened['type'] || nameIn(item, 'name') !== nameIn(opened, 'name'))
        throw notUnderstood('an item differs from its beginning', item);
      const pieces = piecesOf(item, kind);
      const text = joined(pieces);
      if (hasEnded || last !== undefined) {
        const isMore = !hasEnded && text.startsWith(said);
        if (!isMore && text !== said && !isWithoutArguments(kind, text, said))
          throw notUnderstood('an item differs from its deltas', item);
        if (isMore) yield* emitBeyond(said.length, pieces);
      } else for (const piece of pieces) yield* say(piece);
      if (hasEnded) return;
      hasEnded = true;
      said = text;
      yield* emitRest();
      if (kind === 'function_call' && isJsonSpace(text)) yield* emit('{}', {kind: 'arguments'});
      if (kind === 'custom_tool_call') yield {type: 'tool-call-delta', candidate: 0, call, text: inputEnds};
    },
  };
}

function kindOf(item: JsonObject): ItemKind {
  const {type} = item;
  switch (type) {
    case 'message':
    case 'reasoning':
    case 'function_call':
    case 'custom_tool_call':
      return type;
  }
  if (typeof type === 'string' && silentItems.has(type)) return 'silent';
  throw notUnderstood(`an item is of the type ${stringifyJson(type ?? null)}`, item);
}

function isWithoutArguments(kind: ItemKind, text: string, said: string): boolean {
  return kind === 'function_call' && isJsonSpace(text) && isJsonSpace(said);
}

/** Parts of a summary are paragraphs. */
function separator(before: Piece | undefined, {kind, part}: Piece): string {
  if (before === undefined || (kind !== 'summary' && before.kind !== 'summary')) return '';
  return before.kind === kind && before.part === part ? '' : '\n\n';
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map((piece, index) => separator(pieces[index - 1], piece) + piece.text).join('');
}

function piecesOf(item: JsonObject, kind: ItemKind): readonly Piece[] {
  switch (kind) {
    case 'message':
      return listIn(item, 'content').map(messagePiece);
    case 'reasoning':
      return [
        ...listIn(item, 'summary').map((part, index) => reasoningPiece(part, 'summary', index)),
        ...listIn(item, 'content').map((part, index) => reasoningPiece(part, 'reasoning', index)),
      ];
    case 'function_call':
      return [{kind: 'arguments', part: 0, text: textIn(item, 'arguments')}];
    case 'custom_tool_call':
      return [{kind: 'input', part: 0, text: textIn(item, 'input')}];
    case 'silent':
      return [];
  }
}

function messagePiece(value: JsonValue, part: number): Piece {
  const content = objectIn(value, 'a part');
  const {type, logprobs} = content;
  if (type === 'output_text') return {kind: 'text', part, text: textIn(content, 'text'), logprobs};
  if (type === 'refusal') return {kind: 'refusal', part, text: textIn(content, 'refusal')};
  throw notUnderstood(`a part is of the type ${stringifyJson(type ?? null)}`, content);
}

function reasoningPiece(value: JsonValue, kind: 'summary' | 'reasoning', part: number): Piece {
  const content = objectIn(value, 'a part');
  const expected = kind === 'summary' ? 'summary_text' : 'reasoning_text';
  if (content['type'] === expected) return {kind, part, text: textIn(content, 'text')};
  throw notUnderstood(`a part is of the type ${stringifyJson(content['type'] ?? null)}`, content);
}
