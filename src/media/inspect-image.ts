import type {Sharp} from 'sharp';
import {decodeImage} from './decode-image.js';
import {imageTypeOf} from './image-types.js';
import {readBitmap} from './read-bitmap.js';

export type ImageSize = {
  readonly mediaType: string;
  /** As a viewer shows it: with its EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
};

/**
 * The type and size of an image. It is decoded completely, to detect damage.
 * @throws RetakeError `not_supported` for an unsupported type, `invalid_request` for a damaged image
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

/** Decodes every byte, but keeps only a tiny output. */
export async function decodeWhole(image: Sharp): Promise<void> {
  await image.clone().resize(16, 16, {fit: 'fill', kernel: 'nearest'}).raw().toBuffer();
}
