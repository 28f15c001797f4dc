import {isAscii} from 'node:buffer';
import {parse as parseExactly, stringify as stringifyExactly} from 'lossless-json';
import {RetakeError} from '../errors.js';
import {parseWithoutBase64} from './long-base64.js';
import {objectOf} from './object-of.js';
import {scanStructure} from './scan-json.js';

/** A JSON value as it was written: an integer beyond 2^53 is a bigint, so that no digit is lost. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export type JsonObject = {readonly [key: string]: JsonValue};

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type JsonLimits = {
  readonly maxDepth?: number | undefined;
  /** For a server that cuts its text into pieces without regard to characters. */
  readonly allowsLoneSurrogates?: boolean | undefined;
};

/**
 * Parses untrusted JSON strictly (RFC 8259 and I-JSON, RFC 7493): invalid UTF-8, trailing text, a key given twice, a
 * lone surrogate, a number out of range, a key `__proto__` or deeper nesting than `maxDepth` is an `invalid_request`.
 * Members keep the order in which they were written.
 */
export function parseJson(
  bytes: Uint8Array | string,
  {maxDepth = 200, allowsLoneSurrogates = false}: JsonLimits = {},
): JsonValue {
  const text = typeof bytes === 'string' ? bytes : decodeUtf8(bytes);
  const {memberCount, depth, hasLongNumber, integerNames, longStrings} = scanStructure(text);
  if (depth > maxDepth) {
    throw new RetakeError(
      'invalid_request',
      `Invalid JSON: it nests deeper than ${maxDepth} levels, which is the limit`,
    );
  }
  const parse = (part: string) => parseText(part, hasLongNumber);
  const hasBase64 = longStrings.length > 0 && integerNames.length === 0;
  const value = (hasBase64 ? parseWithoutBase64(text, longStrings, parse) : undefined) ?? parse(text);
  if (checkValue(value, allowsLoneSurrogates ? acceptString : checkString) !== memberCount) {
    throw new RetakeError('invalid_request', 'Invalid JSON: an object has the same key twice');
  }
  if (integerNames.length === 0 || text.includes(nameMark)) return value;
  return unmarkNames(parse(markNames(text, integerNames)));
}

/** Parses JSON as `JSON.parse` does, and keeps the order of members. */
export function parsePlainJson(text: string): unknown {
  const value: JsonValue = JSON.parse(text);
  const {integerNames} = scanStructure(text);
  if (integerNames.length === 0 || text.includes(nameMark)) return value;
  return unmarkNames(JSON.parse(markNames(text, integerNames)));
}

/** Names that look like integers lose their place in an object, so they are parsed as other names, and get their own back in an ordered object. */
const nameMark = '\ue000retake-name:';

function markNames(text: string, starts: readonly number[]): string {
  let marked = '';
  let from = 0;
  for (const start of starts) {
    marked += `${text.slice(from, start + 1)}${nameMark}`;
    from = start + 1;
  }
  return marked + text.slice(from);
}

function unmarkNames(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unmarkNames);
  return objectOf(
    Object.entries(value).map(([name, member]) => [
      name.startsWith(nameMark) ? name.slice(nameMark.length) : name,
      unmarkNames(member),
    ]),
  );
}

/** The JSON text of a value; bigints as their digits. */
export function stringifyJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${stringifyJson(member)}`,
  );
  return `{${members.join(',')}}`;
}

/** The same for display: one member per line. */
export function formatJson(value: JsonValue): string {
  try {
    return JSON.stringify(value, undefined, 2);
  } catch {
    // It contains a bigint, which JSON.stringify does not accept.
    return stringifyExactly(value, undefined, 2) ?? 'null';
  }
}

const utf8 = new TextDecoder('utf-8', {fatal: true});

/** @throws RetakeError `invalid_request` if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  // Most text is ASCII, which needs no decoding.
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new RetakeError('invalid_request', 'Invalid JSON: the body is not valid UTF-8', {cause});
  }
}

function parseText(text: string, hasLongNumber: boolean): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    // lossless-json takes its time over long strings: only a text in which a double would lose digits is worth it.
    return hasLongNumber ? (parseExactly(text, null, exactNumber) as JsonValue) : value;
  } catch (cause) {
    if (cause instanceof RetakeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_request', `Invalid JSON: ${reason}`, {cause});
  }
}

function exactNumber(digits: string): number | bigint {
  const value = Number(digits);
  if (!Number.isFinite(value)) {
    throw new RetakeError(
      'invalid_request',
      `Invalid JSON: the number ${digits.slice(0, 40)} is out of range`,
    );
  }
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}

/** Counts the members of all objects, and rejects values that a later step cannot represent. */
function checkValue(value: JsonValue, check: (text: string) => void): number {
  if (typeof value === 'string') {
    check(value);
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((count, item) => count + checkValue(item, check), 0);
  let count = 0;
  for (const [key, member] of Object.entries(value)) {
    checkString(key);
    if (key === '__proto__') {
      throw new RetakeError('invalid_request', 'Invalid JSON: the key "__proto__" is not allowed');
    }
    count += 1 + checkValue(member, check);
  }
  return count;
}

function acceptString(): void {}

function checkString(text: string): void {
  if (!text.isWellFormed()) {
    throw new RetakeError(
      'invalid_request',
      'Invalid JSON: a string has a lone surrogate, which is no character',
    );
  }
}

/** The items of a list; empty for any other value. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
