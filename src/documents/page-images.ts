import {encodeThumbnail, type Thumbnail} from '../media/encode-thumbnail.js';
import {loadSharp, openPixels, type RawPixels} from '../media/load-sharp.js';
import type {Keep} from './render.js';

export type Frame = {readonly width: number; readonly height: number; readonly rgb: Uint8Array};

/** A higher level makes pages hardly smaller, and takes half as long again. */
const pngLevel = 3;

/** Encodes the images of a frame that are wanted, on sharp's threads. */
export async function encodePage(
  frame: Frame,
  wanted: Pick<Keep, 'png' | 'thumbnail'>,
): Promise<{readonly png?: Uint8Array | undefined; readonly thumbnail?: Thumbnail | undefined}> {
  const sharp = await loadSharp();
  const pixels = greyIfPossible(frame);
  const [png, thumbnail] = await Promise.all([
    wanted.png
      ? openPixels(sharp, pixels)
          .toColourspace(pixels.channels === 1 ? 'b-w' : 'srgb')
          .png({compressionLevel: pngLevel})
          .toBuffer()
      : undefined,
    wanted.thumbnail ? encodeThumbnail(openPixels(sharp, pixels), 'webp') : undefined,
  ]);
  return {png, thumbnail};
}

/** Most pages are black on white: one channel is a third of the size, and takes half the time. */
function greyIfPossible({width, height, rgb}: Frame): RawPixels {
  const grey = new Uint8Array(width * height);
  for (let pixel = 0, offset = 0; pixel < grey.length; pixel++, offset += 3) {
    const shade = rgb[offset] ?? 0;
    if (shade !== rgb[offset + 1] || shade !== rgb[offset + 2])
      return {width, height, channels: 3, pixels: rgb};
    grey[pixel] = shade;
  }
  return {width, height, channels: 1, pixels: grey};
}
