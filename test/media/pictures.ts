import sharp, {type Sharp} from 'sharp';

/** Blue above, red below, and a green corner at the top left: a rotated or mirrored copy looks different. */
export function landmarks(width = 60, height = 40): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isCorner = x < width / 4 && y < height / 4;
      pixels.set(isCorner ? [0, 255, 0] : y < height / 2 ? [0, 0, 255] : [255, 0, 0], (y * width + x) * 3);
    }
  }
  return sharp(pixels, {raw: {width, height, channels: 3}});
}

/** An image that cannot be compressed to a few bytes. */
export function clouds(width: number, height: number): Sharp {
  let state = 1;
  const pixels = Buffer.alloc(width * height * 3);
  for (let index = 0; index < pixels.length; index++) {
    state = (state * 48_271) % 2_147_483_647;
    pixels[index] = state & 0xff;
  }
  return sharp(pixels, {raw: {width, height, channels: 3}}).blur(3);
}

/** The closest of eight colours at a position in an image, given as fractions of its width and height. */
export async function colorAt(image: Uint8Array, across: number, down: number): Promise<string> {
  const {data, info} = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({resolveWithObject: true});
  const x = Math.floor(across * info.width);
  const y = Math.floor(down * info.height);
  const [red = 0, green = 0, blue = 0] = data.subarray((y * info.width + x) * info.channels);
  return [red, green, blue].map(value => (value > 127 ? 1 : 0)).join('');
}

export const colors = {red: '100', green: '010', blue: '001', white: '111', black: '000'} as const;

type BitmapOptions = {
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  readonly isTopDown?: boolean;
  readonly masks?: readonly [number, number, number];
  /** The old header of OS/2. */
  readonly isOld?: boolean;
};

/** A bitmap of 3 × 2 pixels: red, green, blue above; white, black, red below. */
export function bitmap({bits, isTopDown = false, masks, isOld = false}: BitmapOptions): Buffer {
  const palette = [0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffffff];
  const rows = [
    [1, 2, 3],
    [4, 0, 1],
  ];
  const header = Buffer.alloc(isOld ? 26 : 54);
  header.write('BM', 'latin1');
  if (isOld) {
    header.writeUInt32LE(12, 14);
    header.writeUInt16LE(3, 18);
    header.writeUInt16LE(2, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt16LE(bits, 24);
  } else {
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(3, 18);
    header.writeInt32LE(isTopDown ? -2 : 2, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(masks ? 3 : 0, 30);
  }
  const colorTable = Buffer.alloc(bits <= 8 ? 2 ** bits * (isOld ? 3 : 4) : masks ? 12 : 0);
  if (bits <= 8) {
    palette.slice(0, 2 ** bits).forEach((color, index) => {
      colorTable.writeUIntLE(color, index * (isOld ? 3 : 4), 3);
    });
  } else {
    masks?.forEach((mask, index) => {
      colorTable.writeUInt32LE(mask, index * 4);
    });
  }
  const stride = Math.ceil((3 * bits) / 32) * 4;
  const lines = rows.map(row => {
    const line = Buffer.alloc(stride);
    row.forEach((index, x) => {
      if (bits <= 8) {
        const value = bits === 1 ? index & 1 : index;
        const at = (x * bits) >> 3;
        line[at] = (line[at] ?? 0) | (value << (8 - bits - ((x * bits) & 7)));
      } else {
        line.writeUIntLE(packed(palette[index] ?? 0, bits, masks), (x * bits) / 8, bits / 8);
      }
    });
    return line;
  });
  const pixels = Buffer.concat(isTopDown ? lines : lines.reverse());
  header.writeUInt32LE(header.length + colorTable.length, 10);
  return Buffer.concat([header, colorTable, pixels]);
}

function packed(color: number, bits: number, masks: BitmapOptions['masks']): number {
  const chosen = masks ?? (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff]);
  return [0xff0000, 0xff00, 0xff].reduce(
    (value, channel, index) => ((color & channel) !== 0 ? value + (chosen[index] ?? 0) : value),
    0,
  );
}
