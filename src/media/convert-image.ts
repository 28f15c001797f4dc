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
 * An image in a format that upstreams read as a viewer shows it. PNG, JPEG, GIF and BMP stay as they are, unless llama.cpp would read
 * them differently: it ignores orientation and transparency, and it cannot read JPEG in CMYK, with 12 bits or with arithmetic coding.
 * Those and all other types are decoded and encoded again.
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
    if (isReadDirectly(mediaType, bytes) && !isTurned(metadata) && (await isOpaque(image, metadata))) {
      await decodeWhole(image);
      return {bytes, mediaType};
    }
    return encode(image, hasLossyPixels(mediaType, bytes));
  });
}

/**
 * An image as PNG, at the size that it has.
 * @throws RetakeError `invalid_request` if it cannot be decoded
 */
export function asPng(image: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  return decodeImage(image, signal, decoded => decoded.clone().png().toBuffer());
}

function isReadDirectly(
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

/** Whether the image has been compressed with losses, so that JPEG loses little more. Others are encoded as PNG. */
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
