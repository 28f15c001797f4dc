import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import type {MatchingView} from './key.js';
import {shorten} from './shorten.js';

/** The beginning of the question: the text of the last user turn on one line. */
export function questionOf(view: MatchingView, length?: number): string {
  const turns = listOf(view['turns']);
  const asked =
    turns.findLast((turn: JsonValue) => isJsonObject(turn) && turn['role'] === 'user') ?? turns.at(-1);
  const parts = isJsonObject(asked) ? listOf(asked['parts']) : [];
  const inputs = listOf(view['inputs']).flatMap(input =>
    isJsonObject(input) ? listOf(input['content']) : [],
  );
  const prompts = listOf(view['prompts']).map((text): JsonValue => ({text}));
  const text = [...parts, ...inputs, ...prompts]
    .map((part: JsonValue) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
  return shorten(onOneLine(text), length);
}

function onOneLine(text: string): string {
  return (unevenSpace.test(text) ? text.replaceAll(/\s+/g, ' ') : text).trim();
}

/** White space other than single blanks. */
const unevenSpace = /[^\S ]|\s\s/;
