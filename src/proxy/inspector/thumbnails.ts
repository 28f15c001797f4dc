import {createHash} from 'node:crypto';
import type {Cassette} from '../../cassette/cassette.js';
import {type MediaItem, mediaOf} from '../../cassette/compare/media-changes.js';
import type {MatchingView} from '../../cassette/key/key.js';
import {attachmentsOf} from '../../chat/attachments.js';
import type {Attachment} from '../../chat/media.js';
import type {AskedQuestion} from '../../http/exchange.js';
import {decodeDataUri, isDataUri} from '../../media/data-uri.js';
import {thumbnailOf} from '../../media/thumbnail.js';
import type {FindThumbnail, Thumbnail} from '../../report/thumbnail.js';

/** More pictures than somebody looks at. */
const mostThumbnails = 200;

/** The pictures that the cassette has of the images and pages of some requests, and those of images that a client has just sent. */
export async function findThumbnails(
  {media}: Cassette,
  views: readonly MatchingView[],
  asked?: AskedQuestion,
): Promise<FindThumbnail> {
  const items = views.flatMap(mediaOf);
  const digests = [...new Set(items.map(({digest}) => digest))].slice(0, mostThumbnails);
  const found = new Map<string, Thumbnail>();
  for (const digest of digests) {
    const stored = await media.thumbnail(digest);
    if (stored) found.set(digest, stored);
  }
  if (asked && digests.some(digest => !found.has(digest))) await drawSent(asked, items, found);
  return digest => found.get(digest);
}

/** Images that came with the request itself, by the digest of their bytes. */
async function drawSent(
  {request}: AskedQuestion,
  items: readonly MediaItem[],
  found: Map<string, Thumbnail>,
): Promise<void> {
  if (request.operation === 'raw') return;
  for (const attachment of attachmentsOf(request)) {
    try {
      const bytes = bytesIn(attachment);
      const digest = bytes && createHash('sha256').update(bytes).digest('hex');
      if (!digest || found.has(digest) || !items.some(item => item.digest === digest)) continue;
      found.set(digest, await thumbnailOf(bytes, AbortSignal.timeout(2000)));
    } catch {
      // An image that cannot be drawn is shown by its digest.
    }
  }
}

function bytesIn({source}: Attachment): Uint8Array | undefined {
  if (source.kind === 'bytes') return source.bytes;
  return isDataUri(source.uri) ? decodeDataUri(source.uri).bytes : undefined;
}
