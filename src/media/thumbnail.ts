import type {Sharp} from 'sharp';
import {decodeImage, type RawPixels} from './decode-image.js';
import {imageTypeOf} from './image-types.js';
import {type Bitmap, readBitmap} from './read-bitmap.js';

export type Thumbnail = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
};

const longSide = 200;

/**
 * A small picture for whoever reviews a recording: as large as the image at most, a few kilobytes.
 * @throws RetakeError as `inspectImage` does
 */
export async function thumbnailOf(image: Uint8Array, signal: AbortSignal): Promise<Thumbnail> {
  if (imageTypeOf(image) !== 'image/bmp') return decodeImage(image, signal, shrink);
  return decodeImage(sampleOf(readBitmap(image)), signal, shrink);
}

async function shrink(image: Sharp): Promise<Thumbnail> {
  const {data, info} = await image
    .clone()
    .autoOrient()
    .resize(longSide, longSide, {fit: 'inside', withoutEnlargement: true})
    .flatten({background: 'white'})
    .toColourspace('srgb')
    .jpeg({quality: 60, mozjpeg: true})
    .toBuffer({resolveWithObject: true});
  return {bytes: data, mediaType: 'image/jpeg', width: info.width, height: info.height};
}

/** Some pixels of a bitmap, evenly spread: enough to be shrunk once more, and few enough that nothing else waits for them. */
function sampleOf(bitmap: Bitmap): RawPixels {
  const step = Math.max(1, Math.floor(Math.max(bitmap.width, bitmap.height) / (longSide * 4)));
  const width = Math.ceil(bitmap.width / step);
  const height = Math.ceil(bitmap.height / step);
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    const x = (index % width) * step;
    const y = Math.floor(index / width) * step;
    pixels.set(bitmap.colorAt(x, y), index * 3);
  }
  return {pixels, width, height};
}
