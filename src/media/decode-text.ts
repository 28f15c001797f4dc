import {TextDecoder} from '@exodus/bytes/encoding.js';
import {RetakeError} from '../errors.js';
import {readDeclaredType} from './declared-type.js';

/**
 * Decodes text in the charset of its byte order mark, otherwise in the declared one, otherwise in UTF-8. The mark is not part of the text.
 * Node's own decoder confuses some charsets, so another one is used.
 * @throws RetakeError `invalid_request` for bytes that are invalid in the charset
 */
export function decodeText(bytes: Uint8Array, declared: string | undefined): string {
  const charset = markedCharset(bytes) ?? readDeclaredType(declared)?.charset ?? 'utf-8';
  const decoder = createDecoder(charset);
  const isAscii = /^(?:us-)?ascii$/.test(charset);
  try {
    if (isAscii && bytes.some(byte => byte > 0x7f)) throw new TypeError('a byte over 127');
    return decoder.decode(bytes);
  } catch (cause) {
    throw new RetakeError(
      'invalid_request',
      `Expected text in ${charset}, but the bytes are not valid in it`,
      {
        hint: 'Declare the charset in the media type: `text/plain; charset=windows-1252`.',
        cause,
      },
    );
  }
}

function markedCharset(bytes: Uint8Array): string | undefined {
  const mark = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (mark.startsWith('\xef\xbb\xbf')) return 'utf-8';
  if (mark.startsWith('\xff\xfe\0\0') || mark.startsWith('\0\0\xfe\xff')) return 'utf-32';
  if (mark.startsWith('\xff\xfe')) return 'utf-16le';
  return mark.startsWith('\xfe\xff') ? 'utf-16be' : undefined;
}

function createDecoder(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset, {fatal: true});
  } catch (cause) {
    throw new RetakeError(
      'invalid_request',
      `Expected text in a charset of the Encoding Standard, but this is in \`${charset}\``,
      {hint: 'Send the text in UTF-8.', cause},
    );
  }
}
