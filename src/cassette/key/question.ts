import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import type {MatchingView} from './key.js';
import {shorten} from './shorten.js';

/** The beginning of the question: the text of the last user turn on one line. */
export function questionOf(view: MatchingView, length?: number): string {
  if (view['operation'] === 'raw') return shorten(onOneLine(rawQuestion(view)), length);
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

/** `POST /v1/images/generations: A cat` */
function rawQuestion({method, path, body}: MatchingView): string {
  const json = isJsonObject(body) ? body['json'] : undefined;
  const given = isJsonObject(json) ? [json['input'], json['prompt']] : [];
  const text = given.find(value => typeof value === 'string');
  return `${String(method)} ${String(path)}${text === undefined ? '' : `: ${text}`}`;
}

function onOneLine(text: string): string {
  return (unevenSpace.test(text) ? text.replaceAll(/\s+/g, ' ') : text).trim();
}

/** White space other than single blanks. */
const unevenSpace = /[^\S ]|\s\s/;
