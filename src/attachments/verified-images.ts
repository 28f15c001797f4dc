import {LRUCache} from 'lru-cache';
import {createSharedWork} from '../async/share-work.js';
import type {Thumbnail} from '../media/encode-thumbnail.js';
import {inspectImage} from '../media/inspect-image.js';
import {thumbnailOf} from '../media/thumbnail.js';

export type VerifiedImage = {
  readonly width: number;
  readonly height: number;
  readonly thumbnail: Thumbnail | undefined;
};

/** Verifies that images can be decoded completely. */
export type VerifiedImages = {
  /** @throws RetakeError `invalid_request` if the image is damaged or too large */
  verify(
    image: {readonly sha256: string; readonly bytes: Uint8Array},
    wanted: {readonly thumbnail: boolean; readonly signal: AbortSignal},
  ): Promise<VerifiedImage>;
};

/** How many verified images are cached. */
const cachedImages = 200;

export function createVerifiedImages(): VerifiedImages {
  const work = createSharedWork<VerifiedImage>();
  const cache = new LRUCache<string, VerifiedImage>({max: cachedImages});
  return {
    async verify({sha256, bytes}, {thumbnail, signal}) {
      const id = `${sha256} ${thumbnail}`;
      const cached = cache.get(id);
      if (cached) return cached;
      const verified = await work.join(id, signal, async shared => {
        const {width, height} = await inspectImage(bytes, shared);
        return {width, height, thumbnail: thumbnail ? await thumbnailOf(bytes, shared) : undefined};
      });
      cache.set(id, verified);
      return verified;
    },
  };
}
