import type {Metadata, Sharp} from 'sharp';
import {unreachable} from '../errors.js';
import {decodeImage} from './decode-image.js';
import type {ImageType} from './detected-type.js';
import {imageTypeOf} from './image-types.js';
import {decodeWhole} from './inspect-image.js';
import {readJpegFrame} from './jpeg-frame.js';
import {readBitmap} from './read-bitmap.js';

export type UpstreamImage = {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/bmp';
};

/**
 * An image as upstreams read it and viewers show it. PNG, JPEG, GIF and BMP stay as they are, unless llama.cpp would see something
 * else in them than a person does: it ignores orientation and transparency, and reads no JPEG in CMYK, with 12 bits or arithmetic
 * coding. These and all of the other types are decoded and coded again.
 * @throws RetakeError as `inspectImage` does
 */
export async function convertImage(bytes: Uint8Array, signal: AbortSignal): Promise<UpstreamImage> {
  const mediaType = imageTypeOf(bytes);
  if (mediaType === 'image/bmp') {
    readBitmap(bytes);
    return {bytes, mediaType};
  }
  return decodeImage(bytes, signal, async image => {
    const metadata = await image.metadata();
    if (isReadAsItIs(mediaType, bytes) && !isTurned(metadata) && (await isOpaque(image, metadata))) {
      await decodeWhole(image);
      return {bytes, mediaType};
    }
    return encode(image, hasLossyPixels(mediaType, bytes));
  });
}

function isReadAsItIs(
  mediaType: ImageType,
  bytes: Uint8Array,
): mediaType is 'image/png' | 'image/jpeg' | 'image/gif' {
  if (mediaType !== 'image/jpeg') return mediaType === 'image/png' || mediaType === 'image/gif';
  const frame = readJpegFrame(bytes);
  return frame !== undefined && frame.process <= 2 && frame.precision === 8 && frame.components <= 3;
}

function isTurned({orientation = 1}: Metadata): boolean {
  return orientation > 1;
}

async function isOpaque(image: Sharp, {hasAlpha}: Metadata): Promise<boolean> {
  if (!hasAlpha) return true;
  const alpha = await image.clone().extractChannel('alpha').raw().toBuffer();
  return alpha.equals(Buffer.alloc(alpha.length, 255));
}

/** Whether JPEG's losses are no worse than what the image has lost already. Otherwise it becomes PNG, which loses nothing. */
function hasLossyPixels(mediaType: ImageType, bytes: Uint8Array): boolean {
  switch (mediaType) {
    case 'image/jpeg':
    case 'image/avif':
      return true;
    case 'image/webp':
      return !Buffer.from(bytes.subarray(0, 64)).includes('VP8L');
    case 'image/png':
    case 'image/gif':
    case 'image/tiff':
    case 'image/bmp':
      return false;
    default:
      return unreachable(mediaType);
  }
}

async function encode(image: Sharp, isLossy: boolean): Promise<UpstreamImage> {
  const upright = image.clone().autoOrient().flatten({background: 'white'}).toColourspace('srgb');
  if (isLossy) {
    const bytes = await upright.jpeg({quality: 95, chromaSubsampling: '4:4:4'}).toBuffer();
    return {bytes, mediaType: 'image/jpeg'};
  }
  return {bytes: await upright.png({compressionLevel: 3}).toBuffer(), mediaType: 'image/png'};
}
