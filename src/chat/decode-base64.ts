import {RetakeError} from '../errors.js';

/**
 * The bytes of base64 in any spelling: the standard or the URL-safe alphabet, padded or not, with white space anywhere (RFC 4648).
 * @throws RetakeError `invalid_request`
 */
export function decodeBase64(text: string): Uint8Array {
  const read = readBase64(text);
  if (typeof read === 'string') throw new RetakeError('invalid_request', `Expected base64, but ${read}`);
  return read;
}

/** The bytes, or what is wrong with the text. */
export function readBase64(text: string): Uint8Array | string {
  const digits = text.replaceAll(/[ \t\r\n\f]+/g, '').replace(/={1,2}$/, '');
  const invalid = /[^A-Za-z0-9+/_-]/u.exec(digits);
  if (invalid) return `it has \`${invalid[0]}\` after ${invalid.index} digits`;
  if (digits.length % 4 === 1) return `${digits.length} digits are no whole number of bytes`;
  return new Uint8Array(Buffer.from(digits, 'base64'));
}
