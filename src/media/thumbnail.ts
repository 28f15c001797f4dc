import {decodeImage} from './decode-image.js';
import {encodeThumbnail, type Thumbnail, thumbnailSide} from './encode-thumbnail.js';
import {imageTypeOf} from './image-types.js';
import type {RawPixels} from './load-sharp.js';
import {type Bitmap, readBitmap} from './read-bitmap.js';

/**
 * The thumbnail of an image: never larger than the image, and a few kilobytes.
 * @throws RetakeError as `inspectImage` does
 */
export async function thumbnailOf(image: Uint8Array, signal: AbortSignal): Promise<Thumbnail> {
  const source = imageTypeOf(image) === 'image/bmp' ? samplePixels(readBitmap(image)) : image;
  return decodeImage(source, signal, decoded =>
    encodeThumbnail(
      decoded.clone().autoOrient().flatten({background: 'white'}).toColourspace('srgb'),
      'jpeg',
    ),
  );
}

/** Evenly spread pixels of a bitmap: enough to shrink them further, and few enough not to block the event loop. */
function samplePixels(bitmap: Bitmap): RawPixels {
  const step = Math.max(1, Math.floor(Math.max(bitmap.width, bitmap.height) / (thumbnailSide * 4)));
  const width = Math.ceil(bitmap.width / step);
  const height = Math.ceil(bitmap.height / step);
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    const x = (index % width) * step;
    const y = Math.floor(index / width) * step;
    pixels.set(bitmap.colorAt(x, y), index * 3);
  }
  return {pixels, width, height, channels: 3};
}
