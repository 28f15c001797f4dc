import {decodeUtf8, type JsonValue, parseJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/**
 * Parses a body as leniently as Google's API front end. Its parser is that of protobuf (`util/internal/json_stream_parser.cc`), which also
 * takes strings in single quotes, names without quotes, a comma after the last member or item, control characters in strings, and an escape
 * of any character. It takes no comments. Strict JSON is parsed once.
 * @throws RetakeError `invalid_request`
 */
export function parseLenientJson(bytes: Uint8Array): JsonValue {
  try {
    return parse(decodeUtf8(bytes));
  } catch (error) {
    throw inGooglesWords(error);
  }
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    const strict = toStrictJson(text);
    if (strict === undefined) throw error;
    return parseRewritten(strict);
  }
}

/** Google's messages begin with these words, whatever is wrong with the text. */
function inGooglesWords(error: unknown): unknown {
  if (!(error instanceof RetakeError) || !error.message.startsWith('Invalid JSON: ')) return error;
  const reason = error.message.slice('Invalid JSON: '.length);
  const message = `Invalid JSON payload received. ${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return new RetakeError(error.code, message, {hint: error.hint, cause: error});
}

/**
 * The same text as strict JSON, as far as it follows the lenient grammar; undefined if nothing in it is lenient. What follows neither
 * grammar is left for the strict parser to reject.
 */
function toStrictJson(text: string): string | undefined {
  let isRewritten = false;
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const end = isQuote(code) ? endOfString(text, at) : endOfPlain(text, at);
    const token = text.slice(at, end);
    at = end;
    if (isSpace(code)) {
      isRewritten ||= /[\v\f]/.test(token);
      continue;
    }
    const strict = isQuote(code) ? strictString(token) : token;
    const isTrailing = tokens.at(-1) === ',' && /^[}\]]$/.test(token) && !isStart(tokens.at(-2));
    if (isTrailing) tokens.pop();
    const isNamed =
      token === ':' && nameToken.test(tokens.at(-1) ?? '') && !keywords.has(tokens.at(-1) ?? '');
    if (isNamed) tokens.push(JSON.stringify(tokens.pop()));
    isRewritten ||= strict !== token || isTrailing || isNamed;
    tokens.push(strict);
  }
  return isRewritten ? tokens.join(' ') : undefined;
}

const nameToken = /^[A-Za-z_$][\w$]*$/;
const keywords = new Set(['true', 'false', 'null']);

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Behind which a comma is one without a value before it. */
function isStart(token: string | undefined): boolean {
  return token === undefined || token === '{' || token === '[' || token === ',';
}

/** White space, a word, a number, or any other character. */
const plainToken = /[ \t-\r]+|[A-Za-z_$][\w$]*|[-+.\d][-+.\w]*|./sy;

function endOfPlain(text: string, start: number): number {
  plainToken.lastIndex = start;
  plainToken.test(text);
  return plainToken.lastIndex;
}

/** Searches instead of matching: a pattern would need a stack as long as an attachment. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let from = start + 1; ; ) {
    const end = text.indexOf(quote, from);
    if (end === -1)
      throw new RetakeError('invalid_request', 'Invalid JSON: Closing quote expected in string.');
    let first = end;
    while (first > from && text.charAt(first - 1) === '\\') first--;
    if ((end - first) % 2 === 0) return end + 1;
    from = end + 1;
  }
}

const escapes: Readonly<Record<string, string>> = {b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v'};

/** Escapes of code units stay as they are: half of a surrogate pair is rejected when the text is parsed. */
function strictString(token: string): string {
  const end = token.length - 1;
  let strict = '"';
  for (let at = 1; at < end; ) {
    const backslash = token.indexOf('\\', at);
    const plainEnd = backslash === -1 ? end : backslash;
    strict += JSON.stringify(token.slice(at, plainEnd)).slice(1, -1);
    if (backslash === -1) break;
    const escaped = token.charAt(backslash + 1);
    strict += escaped === 'u' ? '\\u' : JSON.stringify(escapes[escaped] ?? escaped).slice(1, -1);
    at = backslash + 2;
  }
  return `${strict}"`;
}

/** Positions in the rewritten text mean nothing to the client. */
function parseRewritten(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    const message = error.message.replace(/ (?:in JSON )?at position .*$/s, '');
    throw new RetakeError(error.code, message, {cause: error.cause});
  }
}
