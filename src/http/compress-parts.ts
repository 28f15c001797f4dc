import {openCompressor} from './compress.js';
import type {Encoding} from './content-encoding.js';
import {type MayHaveParts, partsOf, type TimedText} from './play-parts.js';

/** The same parts as one compressed body, of which a client can decode each part when it has come. */
export async function compressParts(text: MayHaveParts, encoding: Encoding): Promise<TimedText> {
  const compressor = openCompressor(encoding);
  const pieces: Uint8Array[] = [];
  const parts: {due: number; end: number}[] = [];
  let end = 0;
  const add = (piece: Uint8Array) => {
    pieces.push(piece);
    end += piece.length;
  };
  for (const {due, bytes} of partsOf(text)) {
    add(await compressor.add(bytes));
    parts.push({due, end});
  }
  add(await compressor.end());
  const last = parts.at(-1);
  if (last) last.end = end;
  return {body: Buffer.concat(pieces), parts};
}
