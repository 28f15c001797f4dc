import {createHash} from 'node:crypto';
import {isJsonObject, type JsonValue, parseJson} from './json.js';
import type {RawBody, RawPart, RawRequest} from './request.js';
import {utf8Text} from './wire.js';

/** Query parameters that are credentials; they are no part of a question. */
const credentialParameters = new Set(['key', 'access_token', 'oauth_token', 'api_key', 'api-key', 'token']);

export function isCredentialParameter(name: string): boolean {
  return credentialParameters.has(name.toLowerCase());
}

/** A request that the neutral language cannot express, by what makes it another one: never its headers, which hold credentials. */
export function rawRequestOf({
  api,
  method,
  path,
  query,
  contentType = '',
  bytes,
}: {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType?: string | undefined;
  readonly bytes: Uint8Array;
}): RawRequest {
  const parameters = [...query]
    .filter(([name]) => !isCredentialParameter(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return {
    operation: 'raw',
    api,
    method,
    path: path.replaceAll(/\/{2,}/g, '/'),
    ...(parameters.length > 0 && {query: parameters}),
    ...(bytes.length > 0 && {body: bodyOf(bytes, contentType)}),
  };
}

function bodyOf(bytes: Uint8Array, contentType: string): RawBody {
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType);
  const parts = boundary && splitParts(Buffer.from(bytes), boundary[1] ?? boundary[2] ?? '');
  if (parts) return {parts};
  if (!/^(?:audio|image|video)\/|octet-stream/i.test(contentType)) {
    const json = jsonOf(bytes);
    if (json !== undefined) return {json: withDigests(json)};
  }
  return contentOf(bytes, contentType);
}

/** The JSON value of a body; undefined if it is none. */
export function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  const text = utf8Text(bytes);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    // Not every body has to be JSON.
    return undefined;
  }
}

/** Characters from which a text of base64 is kept as a digest, as attachments are. */
const longBase64 = 4096;

/** A value in which long base64 is a digest. */
function withDigests(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    if (value.length < longBase64 || !/^(?:data:[^,]{0,200},)?[\w+/=-]+$/.test(value)) return value;
    return `sha256:${digestOf(value)}`;
  }
  if (Array.isArray(value)) return value.map(withDigests);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDigests(member)]));
}

/** The parts of a form or of a related body, whatever its boundary is; undefined if it is none. */
function splitParts(body: Buffer, boundary: string): RawPart[] | undefined {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: RawPart[] = [];
  let start = body.indexOf(delimiter);
  if (start < 0) return undefined;
  for (;;) {
    start += delimiter.length;
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts;
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), start);
    const headEnd = body.indexOf('\r\n\r\n', start);
    // An empty head is two line ends, the first of which ends the delimiter.
    if (end < 0 || headEnd < 0 || headEnd > end) return undefined;
    parts.push(partOf(body.subarray(start, headEnd).toString('utf8'), body.subarray(headEnd + 4, end)));
    start = end + 2;
  }
}

function partOf(head: string, bytes: Buffer): RawPart {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const name = parameterOf(disposition, 'name');
  const filename = parameterOf(disposition, 'filename');
  const mediaType = /^content-type:(.*)$/im.exec(head)?.[1]?.trim() ?? '';
  return {
    ...(name !== undefined && {name}),
    ...(filename !== undefined && {filename}),
    ...(filename === undefined ? inlineContent(bytes, mediaType) : contentOf(bytes, mediaType)),
  };
}

function parameterOf(disposition: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|;)\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(
    disposition,
  );
  return match ? (match[1] ?? match[2]) : undefined;
}

/** A field's value. */
function inlineContent(bytes: Buffer, mediaType: string): {readonly text: string} | RawDigest {
  const text = bytes.length > 65_536 ? undefined : utf8Text(bytes);
  return text === undefined ? contentOf(bytes, mediaType) : {text};
}

type RawDigest = Extract<RawBody, {readonly sha256: string}>;

function contentOf(bytes: Uint8Array, mediaType: string): RawDigest {
  return {sha256: digestOf(bytes), length: bytes.length, mediaType};
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
