import {isJsonObject, type JsonValue} from '../chat/json.js';
import type {MatchingView} from './key.js';
import {shorten} from './shorten.js';

/** The beginning of what was asked: the last user turn's text on one line. */
export function questionOf(view: MatchingView, length?: number): string {
  const turns = Array.isArray(view['turns']) ? view['turns'] : [];
  const asked =
    turns.findLast((turn: JsonValue) => isJsonObject(turn) && turn['role'] === 'user') ?? turns.at(-1);
  const parts = isJsonObject(asked) && Array.isArray(asked['parts']) ? asked['parts'] : [];
  const text = parts
    .map((part: JsonValue) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return shorten(text, length);
}
