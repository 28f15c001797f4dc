import {RetakeError} from '../errors.js';
import {maximumPixels, tooManyPixels} from './decode-image.js';

/** A BMP image whose pixels are read in place. */
export type Bitmap = {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of a pixel; (0, 0) is the top left. */
  colorAt(x: number, y: number): readonly [number, number, number];
};

/** The lengths of the second header that llama.cpp supports too. */
const headers = new Set([12, 40, 56, 108, 124]);

/**
 * Reads uncompressed BMP files, as llama.cpp does. sharp reads no BMP.
 * @throws RetakeError `invalid_request`, `not_supported`
 */
export function readBitmap(bytes: Uint8Array): Bitmap {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readPixels(buffer, readHeader(buffer));
  } catch (error) {
    if (error instanceof RetakeError) throw error;
    throw cutOff(error);
  }
}

type Header = {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly masks: readonly [number, number, number];
  /** The offset of the palette, and the bytes of each colour. */
  readonly palette: {readonly offset: number; readonly size: number};
  readonly pixels: number;
};

function readHeader(buffer: Buffer): Header {
  const length = buffer.readUInt32LE(14);
  if (!headers.has(length)) throw unusual(`a header of ${length} bytes`);
  const isOld = length === 12;
  const height = isOld ? buffer.readUInt16LE(20) : buffer.readInt32LE(22);
  const bits = buffer.readUInt16LE(isOld ? 24 : 28);
  const compression = isOld ? 0 : buffer.readUInt32LE(30);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw unusual(`${bits} bits for each pixel`);
  const hasMasks = compression === 3 && (bits === 16 || bits === 32);
  if (compression !== 0 && !hasMasks) throw unusual('compressed pixels');
  return {
    width: isOld ? buffer.readUInt16LE(18) : buffer.readInt32LE(18),
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    masks: hasMasks ? readMasks(buffer) : bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff],
    palette: {offset: 14 + length, size: isOld ? 3 : 4},
    pixels: buffer.readUInt32LE(10),
  };
}

function readMasks(buffer: Buffer): readonly [number, number, number] {
  return [buffer.readUInt32LE(54), buffer.readUInt32LE(58), buffer.readUInt32LE(62)];
}

function readPixels(buffer: Buffer, header: Header): Bitmap {
  const {width, height, bits} = header;
  if (width <= 0 || height <= 0) throw unusual('no pixels');
  if (width * height > maximumPixels) throw new RetakeError('invalid_request', tooManyPixels);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (header.pixels + stride * height > buffer.length) throw cutOff();
  const colorOf = bits <= 8 ? paletteColor(buffer, header) : maskedColor(buffer, header);
  return {
    width,
    height,
    colorAt: (x, y) => colorOf(header.pixels + stride * (header.isTopDown ? y : height - 1 - y), x),
  };
}

type ColorOf = (row: number, x: number) => readonly [number, number, number];

function paletteColor(buffer: Buffer, {bits, palette}: Header): ColorOf {
  return (row, x) => {
    const bit = x * bits;
    const index = (buffer.readUInt8(row + (bit >> 3)) >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
    const at = palette.offset + index * palette.size;
    return [buffer.readUInt8(at + 2), buffer.readUInt8(at + 1), buffer.readUInt8(at)];
  };
}

function maskedColor(buffer: Buffer, {bits, masks}: Header): ColorOf {
  const [red, green, blue] = masks.map(channelReader);
  if (!red || !green || !blue) throw unusual('no colours');
  const size = bits / 8;
  return (row, x) => {
    const value = buffer.readUIntLE(row + x * size, size);
    return [red(value), green(value), blue(value)];
  };
}

/** Reads the bits of one colour, scaled to 0–255. */
function channelReader(mask: number): (value: number) => number {
  const shift = 31 - Math.clz32(mask & -mask);
  const maximum = mask >>> shift;
  return value => (maximum === 0 ? 0 : Math.round((((value & mask) >>> shift) * 255) / maximum));
}

function unusual(what: string): RetakeError {
  return new RetakeError(
    'not_supported',
    `Expected a BMP image without compression, but this one has ${what}`,
    {
      hint: 'Save it as PNG.',
    },
  );
}

function cutOff(cause?: unknown): RetakeError {
  return new RetakeError(
    'invalid_request',
    'Expected a whole BMP image, but this one is damaged or cut off',
    {
      cause,
    },
  );
}
