import {isJsonObject, type JsonObject, type JsonValue, listOf} from '../../chat/json.js';
import type {MatchingView} from './key.js';
import {tokenPattern} from './known-ids.js';
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
  return beginningOf(text, length);
}

/** Of a long text, a few times the length is enough to fill it, if that is not mostly white space. */
function beginningOf(text: string, length = 80): string {
  const start = text.length > 4 * length ? onOneLine(text.slice(0, 4 * length)) : '';
  return shorten(start.length > length ? start : onOneLine(text), length);
}

/** `POST /v1/images/generations: A cat`, and of a chat in the form of one of the APIs the last text of the user. */
function rawQuestion({method, path, body}: MatchingView): string {
  const json = isJsonObject(body) ? body['json'] : undefined;
  const text = isJsonObject(json) ? textOfBody(json) : undefined;
  const shown = `${String(method)} ${String(path)}`.replaceAll(tokenPattern, shortToken);
  return text ? `${shown}: ${text.replaceAll(tokenPattern, shortToken)}` : shown;
}

function textOfBody({input, prompt, messages, contents}: JsonObject): string | undefined {
  const given = [input, prompt].find(value => typeof value === 'string');
  if (typeof given === 'string') return given;
  const turns = [messages, input, contents].flatMap(listOf).filter(isJsonObject);
  const asked = turns.findLast(turn => isOfUser(turn) && textOfTurn(turn) !== '');
  return asked && textOfTurn(asked);
}

/** Gemini's first turn may have no role; the Responses API has items that are no messages. */
function isOfUser({role, parts}: JsonObject): boolean {
  return role === 'user' || (role === undefined && parts !== undefined);
}

function textOfTurn({content, parts}: JsonObject): string {
  if (typeof content === 'string') return content;
  return [...listOf(content), ...listOf(parts)]
    .map((part: JsonValue) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join(' ');
}

/** `<files:3f2a9c01…>` */
function shortToken(token: string): string {
  const digits = token.indexOf(':') + 1 + 8;
  return `${token.slice(0, digits)}…>`;
}

function onOneLine(text: string): string {
  return (unevenSpace.test(text) ? text.replaceAll(/\s+/g, ' ') : text).trim();
}

/** White space other than single blanks. */
const unevenSpace = /[^\S ]|\s\s/;
