import {createHash} from 'node:crypto';
import {RetakeError} from '../errors.js';
import type {FramePart} from './parse-frames.js';
import type {Frame} from './pictures.js';
import type {Keep, RenderedPage} from './render.js';

export type ReadPagesOptions = {
  /** The number of the first frame's page, for messages. */
  readonly firstPage: number;
  readonly pageSize: number;
  readonly keep: Keep;
};

/**
 * Makes pages of frames. Pixels are hashed as they come, and are held only where a picture of them is wanted, until it is made. A frame
 * that was cut off is no page.
 */
export async function readPages(
  parts: AsyncIterable<FramePart>,
  {firstPage, pageSize, keep}: ReadPagesOptions,
): Promise<readonly RenderedPage[]> {
  // Loaded while pdftoppm draws the first page, and only where a picture is wanted.
  const pictures = keep.png || keep.thumbnail ? heardLater(import('./pictures.js')) : undefined;
  const pages: Promise<RenderedPage>[] = [];
  let frame: OpenFrame | undefined;
  for await (const part of parts) {
    switch (part.type) {
      case 'frame-start':
        checkSize(part, pageSize, firstPage + pages.length);
        frame = openFrame(part, pictures && (async pixels => (await pictures).makePictures(pixels, keep)));
        break;
      case 'pixels':
        frame?.add(part.bytes);
        break;
      case 'frame-end':
        if (frame) pages.push(heardLater(frame.finish()));
        // The pictures of one page are made while the next one comes in: no more than two pages' pixels are held.
        await pages.at(-2);
        break;
    }
  }
  return Promise.all(pages);
}

type FrameSize = {readonly width: number; readonly height: number};

/** pdftoppm was told how long the long side is, and rounds up. Where it could not have the memory, it draws one pixel and calls that success. */
function checkSize({width, height}: FrameSize, pageSize: number, page: number): void {
  const longSide = Math.max(width, height);
  if (longSide === pageSize || longSide === pageSize + 1) return;
  throw new RetakeError('invalid_request', `Page ${page} of the PDF has a size that cannot be rendered`);
}

type OpenFrame = {add(bytes: Uint8Array): void; finish(): Promise<RenderedPage>};

/** A page that is coming in. Its pixels are held if there is something to be made of them. */
function openFrame(
  {width, height}: FrameSize,
  picture: ((frame: Frame) => Promise<Partial<RenderedPage>>) | undefined,
): OpenFrame {
  const hash = createHash('sha256').update(`rgb8 ${width} ${height}\n`);
  const rgb = picture && Buffer.allocUnsafe(width * height * 3);
  let length = 0;
  return {
    add(bytes) {
      hash.update(bytes);
      rgb?.set(bytes, length);
      length += bytes.length;
    },
    async finish() {
      return {digest: hash.digest('hex'), width, height, ...(rgb && (await picture?.({width, height, rgb})))};
    },
  };
}

/** A failure is met where the page is awaited, which may be later than it happens. */
function heardLater<Result>(result: Promise<Result>): Promise<Result> {
  result.catch(() => undefined);
  return result;
}
