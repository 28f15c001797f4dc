import {decodeBase64} from '../chat/decode-base64.js';
import {RetakeError} from '../errors.js';

export type DataUri = {
  readonly bytes: Uint8Array;
  /** The declared type with its parameters; undefined if the URI has none. */
  readonly mediaType: string | undefined;
};

export function isDataUri(uri: string): boolean {
  return /^data:/i.test(uri);
}

/**
 * The bytes of a `data:` URI (RFC 2397): `data:[type][;parameter=value]*[;base64],data`.
 * @throws RetakeError `invalid_request`
 */
export function decodeDataUri(uri: string): DataUri {
  const comma = uri.indexOf(',');
  if (!isDataUri(uri) || comma === -1) {
    throw new RetakeError(
      'invalid_request',
      'Expected a data URI of the form `data:TYPE;base64,DATA`, but it has no comma before its data',
    );
  }
  const head = uri.slice('data:'.length, comma).trim();
  const data = uri.slice(comma + 1);
  const isBase64 = /;\s*base64$/i.test(head);
  const type = (isBase64 ? head.replace(/;\s*base64$/i, '') : head).trim();
  return {
    bytes: isBase64 ? decodeBase64(unescapeText(data)) : unescapeBytes(data),
    mediaType: type.startsWith(';') ? `text/plain${type}` : type || undefined,
  };
}

/** Escapes are rare in base64, and copying a long text is expensive. */
function unescapeText(data: string): string {
  return data.includes('%') ? Buffer.from(unescapeBytes(data)).toString('latin1') : data;
}

/** Decodes percent-encoded text. A `%` without two hexadecimal digits stands for itself, as in browsers. */
function unescapeBytes(data: string): Uint8Array {
  if (data.includes('#')) {
    throw new RetakeError(
      'invalid_request',
      'Expected the data of a data URI, but it has a `#`, which begins a fragment',
      {hint: 'Write it as `%23`, or send the data as base64.'},
    );
  }
  const bytes = Buffer.from(data, 'utf8');
  let length = 0;
  for (let index = 0; index < bytes.length; length++) {
    const digits = bytes[index] === 0x25 ? bytes.toString('latin1', index + 1, index + 3) : '';
    const isEscape = /^[\da-f]{2}$/i.test(digits);
    bytes[length] = isEscape ? Number.parseInt(digits, 16) : (bytes[index] ?? 0);
    index += isEscape ? 3 : 1;
  }
  return new Uint8Array(bytes.subarray(0, length));
}
