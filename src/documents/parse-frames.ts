import {RetakeError} from '../errors.js';

/** An image of a PPM stream in parts: frame-start pixels* frame-end. A frame without frame-end was cut off. */
export type FramePart =
  | {readonly type: 'frame-start'; readonly width: number; readonly height: number}
  | {readonly type: 'pixels'; readonly bytes: Uint8Array}
  | {readonly type: 'frame-end'};

/** In characters: more than a rasterizer writes. */
const headerLimit = 64;

/**
 * Reads a sequence of binary PPM images, wherever the chunks are cut. Pixels are passed on as they arrive, so the caller can decide at
 * `frame-start` whether to buffer them.
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
    throw new RetakeError(
      'internal',
      'Expected a PPM image from the rasterizer, but it wrote something else',
    );
  return undefined;
}
