import {promisify} from 'node:util';
import * as zlib from 'node:zlib';
import {RetakeError} from '../errors.js';

type Decompress = (bytes: Uint8Array, options: {readonly maxOutputLength: number}) => Promise<Buffer>;

/** Node has zstd from 22.15 on. */
const {zstdDecompress} = zlib as {readonly zstdDecompress?: typeof zlib.brotliDecompress};

const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify(zlib.gunzip),
  'x-gzip': promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  ...(zstdDecompress && {zstd: promisify(zstdDecompress)}),
};

/**
 * A body without its content-encoding. The limit holds for the decompressed body, and decompressing stops there.
 * @throws RetakeError `unsupported_media_type` for an encoding that is not known, `request_too_large`, `invalid_request`
 */
export async function decodeBody(
  body: Buffer,
  {encoding, bodyLimit}: {readonly encoding: string | undefined; readonly bodyLimit: number},
): Promise<Buffer> {
  if (encoding === undefined) return body;
  // In the order in which they were applied: https://www.rfc-editor.org/rfc/rfc9110#section-8.4
  const encodings = encoding
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '' && name !== 'identity');
  let decoded = body;
  for (const name of encodings.reverse()) decoded = await decompress(decoded, name, bodyLimit);
  return decoded;
}

async function decompress(body: Buffer, name: string, bodyLimit: number): Promise<Buffer> {
  const decompressor = Object.hasOwn(decompressors, name) ? decompressors[name] : undefined;
  if (!decompressor) {
    throw new RetakeError(
      'unsupported_media_type',
      `Expected the content-encoding to be one of ${Object.keys(decompressors).join(', ')}, got ${JSON.stringify(name)}`,
      {hint: 'Send the body without a content-encoding.'},
    );
  }
  try {
    return await decompressor(body, {maxOutputLength: bodyLimit});
  } catch (cause) {
    if ((cause as {code?: string}).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(bodyLimit, cause);
    throw new RetakeError(
      'invalid_request',
      `The request body is not valid ${name}, as its content-encoding says`,
      {
        cause,
      },
    );
  }
}

export function bodyTooLarge(bodyLimit: number, cause?: unknown): RetakeError {
  return new RetakeError(
    'request_too_large',
    `The request body is larger than the limit of ${bodyLimit} bytes`,
    {hint: 'To raise the limit, set the option `bodyLimit`.', cause},
  );
}
