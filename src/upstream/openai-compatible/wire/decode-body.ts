import {type PassThrough, pipeline, type Readable} from 'node:stream';
import * as zlib from 'node:zlib';
import {RetakeError} from '../../../errors.js';

/**
 * The bytes of a body without its content encoding, which some servers apply although none was accepted.
 * @throws RetakeError `upstream_failed` for an encoding that is unknown
 */
export function decodeBody(body: Readable, encoding: string): AsyncIterable<Uint8Array> {
  let decoded = body;
  const applied = encoding.split(',').map(name => name.trim().toLowerCase());
  for (const name of applied.reverse()) {
    const decoder = decoderOf(name);
    // A failure destroys the decoder, whose reader throws it.
    if (decoder) decoded = pipeline(decoded, decoder, () => {});
  }
  return decoded;
}

function decoderOf(encoding: string): (NodeJS.ReadWriteStream & Readable) | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function')
        return zlib.createZstdDecompress() as PassThrough;
      throw undecodable(encoding, 'Node.js 22.15 or newer is needed for it.');
    default:
      throw undecodable(encoding, 'Turn it off in the server.');
  }
}

function undecodable(encoding: string, hint: string): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The upstream's answer has the content encoding ${encoding}, which cannot be decoded`,
    {hint},
  );
}
