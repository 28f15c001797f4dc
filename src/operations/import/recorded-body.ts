import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {utf8Text} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import {decodeBody} from '../../upstream/openai-compatible/wire/decode-body.js';
import type {HeaderList, RecordedBody} from './recorded-exchange.js';

/** Bytes of one body without its content encoding. */
const largestBody = 256 * 1024 * 1024;

/**
 * A body without its content encoding. Some tools store it decoded and leave the header as it was, so text that does not decode is taken as it is.
 * @throws RetakeError `invalid_request` if it is neither
 */
export async function plainBody({bytes, isDecoded}: RecordedBody, headers: HeaderList): Promise<Uint8Array> {
  const encoding = headerOf(headers, 'content-encoding');
  if (isDecoded || encoding === '' || bytes.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of decodeBody(Readable.from([Buffer.from(bytes)]), encoding)) {
      length += piece.length;
      if (length > largestBody) break;
      pieces.push(piece);
    }
  } catch (cause) {
    if (utf8Text(bytes) !== undefined) return bytes;
    throw new RetakeError(
      'invalid_request',
      `A body cannot be decoded: its content encoding is ${encoding}`,
      {
        cause,
      },
    );
  }
  if (length > largestBody) {
    throw new RetakeError(
      'invalid_request',
      `A body decodes to more than ${largestBody / 1024 / 1024} MiB, which is the limit`,
    );
  }
  return Buffer.concat(pieces);
}

/** The values of a header, whatever its case; empty if there is none. */
export function headerOf(headers: HeaderList, name: string): string {
  return headers
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value)
    .join(', ');
}
