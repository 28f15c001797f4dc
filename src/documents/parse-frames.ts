import {RetakeError} from '../errors.js';

/** A picture of a PPM stream in parts: frame-start pixels* frame-end. Without its end a frame was cut off. */
export type FramePart =
  | {readonly type: 'frame-start'; readonly width: number; readonly height: number}
  | {readonly type: 'pixels'; readonly bytes: Uint8Array}
  | {readonly type: 'frame-end'};

/** Longer than any header that pdftoppm writes. */
const headerLimit = 64;

/**
 * Reads binary PPM pictures that follow one another. The chunks may be cut anywhere; pixels are passed on as they come and never gathered,
 * so whoever reads decides at `frame-start` whether there is room for them.
 */
export async function* parseFrames(chunks: AsyncIterable<Uint8Array>): AsyncIterable<FramePart> {
  let header = '';
  let missing = 0;
  for await (const chunk of chunks) {
    let offset = 0;
    while (offset < chunk.length) {
      if (missing === 0) {
        header += String.fromCharCode(chunk[offset++] ?? 0);
        const size = parseHeader(header);
        if (!size) continue;
        header = '';
        missing = size.width * size.height * 3;
        yield {type: 'frame-start', ...size};
      } else {
        const bytes = chunk.subarray(offset, offset + missing);
        offset += bytes.length;
        missing -= bytes.length;
        yield {type: 'pixels', bytes};
      }
      if (missing === 0) yield {type: 'frame-end'};
    }
  }
}

/** The size, once the header is complete. */
function parseHeader(header: string): {readonly width: number; readonly height: number} | undefined {
  const [, width, height] = /^P6\n([1-9]\d{0,8}) ([1-9]\d{0,8})\n255\n$/.exec(header) ?? [];
  if (width !== undefined && height !== undefined) return {width: Number(width), height: Number(height)};
  if (!'P6\n'.startsWith(header.slice(0, 3)) || header.length > headerLimit)
    throw new RetakeError('internal', 'pdftoppm wrote something else than a PPM picture');
  return undefined;
}
