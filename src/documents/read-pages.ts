import {createHash} from 'node:crypto';
import {RetakeError} from '../errors.js';
import {loadSharp} from '../media/load-sharp.js';
import {encodePage, type Frame} from './page-images.js';
import type {FramePart} from './parse-frames.js';
import type {Keep, RenderedPage} from './render.js';

export type ReadPagesOptions = {
  /** The page number of the first frame, for messages. */
  readonly firstPage: number;
  readonly pageSize: number;
  readonly keep: Keep;
};

/**
 * Reads pages from frames. Pixels are hashed as they arrive, and buffered only if an image of the page is wanted. A frame that was cut
 * off gives no page.
 */
export async function readPages(
  parts: AsyncIterable<FramePart>,
  {firstPage, pageSize, keep}: ReadPagesOptions,
): Promise<readonly RenderedPage[]> {
  const wantsImages = keep.png === true || keep.thumbnail === true;
  // Loads while the rasterizer draws the first page.
  if (wantsImages) awaitedLater(loadSharp());
  const pages: Promise<RenderedPage>[] = [];
  let frame: OpenFrame | undefined;
  for await (const part of parts) {
    switch (part.type) {
      case 'frame-start':
        checkSize(part, pageSize, firstPage + pages.length);
        frame = openFrame(part, wantsImages ? pixels => encodePage(pixels, keep) : undefined);
        break;
      case 'pixels':
        frame?.add(part.bytes);
        break;
      case 'frame-end':
        if (frame) pages.push(awaitedLater(frame.finish()));
        // One page is encoded while the next one arrives: at most the pixels of two pages are in memory.
        await pages.at(-2);
        break;
    }
  }
  return Promise.all(pages);
}

type FrameSize = {readonly width: number; readonly height: number};

/** pdftoppm rounds up the long side that it was given. If it runs out of memory, it draws one pixel and exits with 0. */
function checkSize({width, height}: FrameSize, pageSize: number, page: number): void {
  const longSide = Math.max(width, height);
  if (longSide === pageSize || longSide === pageSize + 1) return;
  throw new RetakeError('invalid_request', `Page ${page} of the PDF has a size that cannot be rendered`);
}

type OpenFrame = {add(bytes: Uint8Array): void; finish(): Promise<RenderedPage>};

/** A page that is arriving. Its pixels are buffered only if it is encoded. */
function openFrame(
  {width, height}: FrameSize,
  encode: ((frame: Frame) => Promise<Partial<RenderedPage>>) | undefined,
): OpenFrame {
  const hash = createHash('sha256').update(`rgb8 ${width} ${height}\n`);
  const rgb = encode && Buffer.allocUnsafe(width * height * 3);
  let length = 0;
  return {
    add(bytes) {
      hash.update(bytes);
      rgb?.set(bytes, length);
      length += bytes.length;
    },
    async finish() {
      const page = {digest: hash.digest('hex'), width, height};
      return rgb && encode ? {...page, ...(await encode({width, height, rgb}))} : page;
    },
  };
}

/** Keeps a failure from counting as unhandled until the promise is awaited. */
function awaitedLater<Result>(result: Promise<Result>): Promise<Result> {
  result.catch(() => undefined);
  return result;
}
