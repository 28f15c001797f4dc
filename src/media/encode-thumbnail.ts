import type {Sharp} from 'sharp';

/** A small copy of an image or a page for the reviewer. */
export type Thumbnail = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
};

/** The longest side of a thumbnail, in pixels. */
export const thumbnailSide = 200;

/** JPEG suits photographs; WebP keeps the text of a page legible. */
export async function encodeThumbnail(image: Sharp, format: 'jpeg' | 'webp'): Promise<Thumbnail> {
  const small = image.resize(thumbnailSide, thumbnailSide, {fit: 'inside', withoutEnlargement: true});
  const encoded = format === 'jpeg' ? small.jpeg({quality: 60, mozjpeg: true}) : small.webp({quality: 70});
  const {data, info} = await encoded.toBuffer({resolveWithObject: true});
  return {bytes: data, mediaType: `image/${format}`, width: info.width, height: info.height};
}
