import PQueue from 'p-queue';
import type {Sharp, default as sharpModule} from 'sharp';
import {RetakeError} from '../errors.js';

/** More pixels than most cameras have, and few enough that a small file cannot claim all memory. */
export const maximumPixels = 64_000_000;

/** Seconds after which decoding is given up. */
const timeout = 20;

/** Decoders are threads of libuv's pool of four, which files and names of hosts are read with, too. */
const decoders = new PQueue({concurrency: 2});

/** Red, green and blue of each pixel, in rows from the top left. */
export type RawPixels = {readonly pixels: Uint8Array; readonly width: number; readonly height: number};

/**
 * What `work` makes of an image. Only its first frame is decoded, and damage that a decoder notices is an error.
 * @throws RetakeError `invalid_request` for an image that cannot be decoded, is too large, or takes too long; the signal's reason
 */
export async function decodeImage<Result>(
  source: Uint8Array | RawPixels,
  signal: AbortSignal,
  work: (image: Sharp) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const sharp = await loadSharp();
  return decoders.add(async () => {
    signal.throwIfAborted();
    try {
      return await work(open(sharp, source).timeout({seconds: timeout}));
    } catch (error) {
      throw undecodable(error);
    }
  });
}

function open(sharp: typeof sharpModule, source: Uint8Array | RawPixels): Sharp {
  if (source instanceof Uint8Array) return sharp(source, {failOn: 'error', limitInputPixels: maximumPixels});
  const {pixels, width, height} = source;
  return sharp(pixels, {raw: {width, height, channels: 3}});
}

/** Loaded with the first image: what has none must not wait for it at the start. */
async function loadSharp() {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new RetakeError(
      'not_supported',
      'Images cannot be read on this machine, because sharp does not load',
      {
        hint: 'Install retake again on this kind of machine, with its optional dependencies.',
        cause,
      },
    );
  }
}

function undecodable(error: unknown): RetakeError {
  if (error instanceof RetakeError) return error;
  const message = error instanceof Error ? error.message : '';
  return new RetakeError('invalid_request', problem(message), {
    hint: 'See whether a viewer opens it whole, and save it again as PNG or JPEG.',
    cause: error,
  });
}

function problem(message: string): string {
  if (/exceeds pixel limit/.test(message)) return tooManyPixels;
  if (/timeout/.test(message))
    return `Expected an image that is decoded in ${timeout} seconds, but this one takes longer`;
  return 'Expected a whole image, but this one is damaged or cut off';
}

export const tooManyPixels = `Expected an image of at most ${maximumPixels / 1e6} million pixels, but this one has more`;
