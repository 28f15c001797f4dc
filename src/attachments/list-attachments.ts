import type {Cassette, Interaction} from '../cassette/cassette.js';
import {type MediaItem, mediaOf} from '../cassette/compare/media-changes.js';
import type {RememberedMedia, RememberedReference, RememberedRender} from '../cassette/media-memory.js';

/** The images, pages and references of an interaction. */
export type AttachmentList = {
  readonly items: readonly ShownItem[];
  readonly documents: readonly ShownDocument[];
  readonly references: readonly Pick<RememberedReference, 'shown' | 'sha256' | 'mediaType'>[];
};

/** An image, or a page of a document. */
export type ShownItem = Pick<MediaItem, 'name' | 'digest'> & {
  /** Undefined if the cassette has none. */
  readonly thumbnail?: RememberedMedia | undefined;
};

/** A PDF whose pages are in the request. */
export type ShownDocument = Pick<RememberedRender, 'pdf' | 'renderer'> & {readonly pages: number};

/** Lists the attachments of an interaction. */
export async function listAttachments(
  {media}: Cassette,
  {view}: Pick<Interaction, 'view'>,
): Promise<AttachmentList> {
  const found = mediaOf(view);
  const items = await Promise.all(
    found.map(async ({name, digest}) => ({name, digest, thumbnail: await media.thumbnail(digest)})),
  );
  if (items.length === 0) return {items, documents: [], references: []};
  const digests = items.map(({digest}) => digest).join('\n');
  const documents: ShownDocument[] = [];
  for await (const {pdf, renderer, pages} of media.allRenders()) {
    const run = pages.map(({pixels}) => pixels).join('\n');
    if (digests.includes(run)) documents.push({pdf, renderer, pages: pages.length});
  }
  const shown = new Set([...items.map(({digest}) => digest), ...documents.map(({pdf}) => pdf)]);
  const references: AttachmentList['references'][number][] = [];
  for await (const {shown: url, sha256, mediaType} of media.allReferences()) {
    if (shown.has(sha256)) references.push({shown: url, sha256, mediaType});
  }
  return {items, documents, references};
}
