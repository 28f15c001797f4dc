import {LRUCache} from 'lru-cache';
import {createSharedWork} from '../async/share-work.js';
import type {Thumbnail} from '../media/encode-thumbnail.js';
import {inspectImage} from '../media/inspect-image.js';
import {thumbnailOf} from '../media/thumbnail.js';

export type SoundImage = {readonly width: number; readonly height: number; readonly thumbnail?: Thumbnail};

/** Makes sure that images can be decoded to their end. */
export type SoundImages = {
  /** @throws RetakeError `invalid_request` when the image is damaged or too large */
  look(
    image: {readonly sha256: string; readonly bytes: Uint8Array},
    wanted: {readonly thumbnail: boolean; readonly signal: AbortSignal},
  ): Promise<SoundImage>;
};

/** How many images are remembered that were found to be whole. */
const rememberedImages = 200;

export function createSoundImages(): SoundImages {
  const work = createSharedWork<SoundImage>();
  const known = new LRUCache<string, SoundImage>({max: rememberedImages});
  return {
    async look({sha256, bytes}, {thumbnail, signal}) {
      const id = `${sha256} ${thumbnail}`;
      const before = known.get(id);
      if (before) return before;
      const found = await work.join(id, signal, async shared => {
        const {width, height} = await inspectImage(bytes, shared);
        return {width, height, ...(thumbnail && {thumbnail: await thumbnailOf(bytes, shared)})};
      });
      known.set(id, found);
      return found;
    },
  };
}
