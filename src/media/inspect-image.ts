import type {Sharp} from 'sharp';
import {decodeImage} from './decode-image.js';
import {imageTypeOf} from './image-types.js';
import {readBitmap} from './read-bitmap.js';

export type ImageSize = {
  readonly mediaType: string;
  /** As a viewer shows it: turned as its EXIF orientation says. */
  readonly width: number;
  readonly height: number;
};

/**
 * What an image is and how large, once it has been decoded to its end.
 * @throws RetakeError `not_supported` for a type that cannot be read, `invalid_request` for what is damaged or cut off
 */
export async function inspectImage(bytes: Uint8Array, signal: AbortSignal): Promise<ImageSize> {
  const mediaType = imageTypeOf(bytes);
  if (mediaType === 'image/bmp') {
    const {width, height} = readBitmap(bytes);
    return {mediaType, width, height};
  }
  return decodeImage(bytes, signal, async image => {
    const {width, height} = (await image.metadata()).autoOrient;
    await decodeWhole(image);
    return {mediaType, width, height};
  });
}

/** Reads every byte, and keeps next to nothing of what comes out. */
export async function decodeWhole(image: Sharp): Promise<void> {
  await image.clone().resize(16, 16, {fit: 'fill', kernel: 'nearest'}).raw().toBuffer();
}
