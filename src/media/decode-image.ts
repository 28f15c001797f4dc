import PQueue from 'p-queue';
import type {Sharp, default as sharpModule} from 'sharp';
import {RetakeError} from '../errors.js';
import {loadSharp, openPixels, type RawPixels} from './load-sharp.js';

/** More than the pixels of most cameras, and few enough that a small file cannot claim all memory. */
export const maximumPixels = 64_000_000;

/** Seconds after which decoding is given up. */
const timeout = 20;

/** Decoders use libuv's pool of four threads, which file reads and name lookups need too. */
const decoders = new PQueue({concurrency: 2});

/**
 * Runs `work` on a decoded image. Only the first frame is decoded, and damage that the decoder reports is an error.
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
      throw decodingError(error);
    }
  });
}

function open(sharp: typeof sharpModule, source: Uint8Array | RawPixels): Sharp {
  return source instanceof Uint8Array
    ? sharp(source, {failOn: 'error', limitInputPixels: maximumPixels})
    : openPixels(sharp, source);
}

function decodingError(error: unknown): RetakeError {
  if (error instanceof RetakeError) return error;
  const message = error instanceof Error ? error.message : '';
  return new RetakeError('invalid_request', problem(message), {
    hint: 'Check that a viewer opens the image, and save it again as PNG or JPEG.',
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
