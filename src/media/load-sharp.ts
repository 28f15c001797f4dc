import type {Sharp, default as sharpModule} from 'sharp';
import {RetakeError} from '../errors.js';

/** Loads sharp with the first image: a start without images must not wait for it. */
export async function loadSharp(): Promise<typeof sharpModule> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new RetakeError(
      'not_supported',
      'Images cannot be read here, because the package sharp is not installed or does not load',
      {
        hint: 'Install the package sharp beside retake on this kind of machine: `npm install --save-dev sharp`.',
        cause,
      },
    );
  }
}

/** Rows of pixels from the top left: red, green and blue, or one shade of grey. */
export type RawPixels = {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
};

export function openPixels(sharp: typeof sharpModule, {pixels, width, height, channels}: RawPixels): Sharp {
  return sharp(pixels, {raw: {width, height, channels}});
}
