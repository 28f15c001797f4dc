import {RetakeError} from '../errors.js';
import type {DetectedType, ImageType} from './detected-type.js';
import {detectType} from './media-type.js';

const readable = 'PNG, JPEG, GIF, BMP, WebP, AVIF or TIFF';

/**
 * The type of a supported image.
 * @throws RetakeError `not_supported` for bytes of another known type, `invalid_request` for others
 */
export function imageTypeOf(bytes: Uint8Array): ImageType {
  const detected = detectType(bytes);
  if (detected.kind === 'image') return detected.mediaType;
  const name = nameOf(detected);
  throw new RetakeError(
    name === undefined ? 'invalid_request' : 'not_supported',
    `Expected an image as ${readable}, got ${name ?? (bytes.length === 0 ? 'no bytes' : 'bytes that are not an image')}`,
    {hint: 'Convert it to PNG or JPEG before sending it.'},
  );
}

function nameOf(detected: DetectedType): string | undefined {
  switch (detected.kind) {
    case 'heic':
      return 'HEIC';
    case 'svg':
      return 'SVG';
    case 'pdf':
      return 'a PDF';
    case 'text':
      return undefined;
    default:
      return detected.mediaType;
  }
}
