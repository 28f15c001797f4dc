import sharp from 'sharp';
import type {Keep, Picture} from './render.js';

export type Frame = {readonly width: number; readonly height: number; readonly rgb: Uint8Array};

/** Raw pixels: red, green and blue, or one shade where all three are equal everywhere. */
type Pixels = {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
};

const thumbnailSide = 200;
/** Pages become hardly smaller above it, and take half as long again. */
const pngLevel = 3;

/** Makes the pictures that are wanted of a frame, on sharp's threads. */
export async function makePictures(
  frame: Frame,
  wanted: Pick<Keep, 'png' | 'thumbnail'>,
): Promise<{readonly png?: Uint8Array; readonly thumbnail?: Picture}> {
  const pixels = withoutNeedlessColour(frame);
  const [png, thumbnail] = await Promise.all([
    wanted.png ? encodePng(pixels) : undefined,
    wanted.thumbnail ? encodeThumbnail(pixels) : undefined,
  ]);
  return {...(png && {png}), ...(thumbnail && {thumbnail})};
}

function encodePng(pixels: Pixels): Promise<Uint8Array> {
  return rawImage(pixels)
    .toColourspace(pixels.channels === 1 ? 'b-w' : 'srgb')
    .png({compressionLevel: pngLevel})
    .toBuffer();
}

async function encodeThumbnail(pixels: Pixels): Promise<Picture> {
  const bytes = await rawImage(pixels)
    .resize({width: thumbnailSide, height: thumbnailSide, fit: 'inside', withoutEnlargement: true})
    .webp({quality: 70})
    .toBuffer();
  return {bytes, mediaType: 'image/webp'};
}

function rawImage({bytes, width, height, channels}: Pixels) {
  return sharp(bytes, {raw: {width, height, channels}});
}

/** Most pages are black on white: as one channel they are half as large, and made in half the time. */
function withoutNeedlessColour({width, height, rgb}: Frame): Pixels {
  const grey = new Uint8Array(width * height);
  for (let pixel = 0, offset = 0; pixel < grey.length; pixel++, offset += 3) {
    const shade = rgb[offset] ?? 0;
    if (shade !== rgb[offset + 1] || shade !== rgb[offset + 2])
      return {width, height, channels: 3, bytes: rgb};
    grey[pixel] = shade;
  }
  return {width, height, channels: 1, bytes: grey};
}
