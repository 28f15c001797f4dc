import {
  type BrotliOptions,
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createGzip,
  gzipSync,
  type ZlibOptions,
} from 'node:zlib';
import type {Encoding} from './content-encoding.js';

const gzipOptions: ZlibOptions = {level: 4, flush: constants.Z_SYNC_FLUSH};
const brotliOptions: BrotliOptions = {
  params: {[constants.BROTLI_PARAM_QUALITY]: 4},
  flush: constants.BROTLI_OPERATION_FLUSH,
};

export function compressWhole(body: string | Uint8Array, encoding: Encoding): Buffer {
  return encoding === 'br'
    ? brotliCompressSync(body, {params: brotliOptions.params ?? {}})
    : gzipSync(body, {level: gzipOptions.level ?? 4});
}

/** Compresses a body piece by piece. */
export type Compressor = {
  /** The compressed bytes of a piece, with which a client can decode all of it. */
  add(piece: string | Uint8Array): Promise<Uint8Array>;
  /** The bytes that end the body. */
  end(): Promise<Uint8Array>;
};

export function openCompressor(encoding: Encoding): Compressor {
  const stream = encoding === 'br' ? createBrotliCompress(brotliOptions) : createGzip(gzipOptions);
  let pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  const take = () => {
    const taken = Buffer.concat(pieces);
    pieces = [];
    return taken;
  };
  return {
    add: piece =>
      new Promise((resolve, reject) => {
        // What was flushed comes in the turns of the event loop until then.
        stream.write(piece, error => (error ? reject(error) : setImmediate(() => resolve(take()))));
      }),
    end: () =>
      new Promise((resolve, reject) => {
        stream.once('error', reject).once('end', () => resolve(take()));
        stream.end();
      }),
  };
}
