import {decodeImage} from './decode-image.js';

/**
 * An image as PNG, for who reads nothing else.
 * @throws RetakeError `invalid_request` when it cannot be decoded
 */
export function asPng(image: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  return decodeImage(image, signal, decoded => decoded.clone().png().toBuffer());
}
