import {createSharedWork} from '../async/share-work.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import type {AllowedHosts} from '../media/allowed-hosts.js';
import type {FetchedReference, ReferenceFetcher} from '../media/fetch-reference.js';
import type {LocalReader} from '../media/read-local-file.js';
import {createDocumentPages, type DocumentPages} from './document-pages.js';
import {createVerifiedImages, type VerifiedImages} from './verified-images.js';

/** The tools that all requests share to inspect attachments. */
export type AttachmentTools = {
  readonly documents: DocumentPages;
  readonly images: VerifiedImages;
  readonly readLocal: LocalReader;
  readonly fetchReference: ReferenceFetcher;
  readonly isAllowed: AllowedHosts;
  readonly keepsThumbnails: boolean;
  readonly keepsOriginals: boolean;
};

export type AttachmentToolsOptions = {
  readonly rasterizer: Rasterizer;
  readonly allowedHosts: readonly string[];
} & Pick<AttachmentTools, 'isAllowed' | 'readLocal' | 'keepsThumbnails' | 'keepsOriginals'>;

export function createAttachmentTools({
  rasterizer,
  allowedHosts,
  ...rest
}: AttachmentToolsOptions): AttachmentTools {
  return {
    ...rest,
    documents: createDocumentPages(rasterizer),
    images: createVerifiedImages(),
    fetchReference: sharedFetcher(allowedHosts),
  };
}

/** Concurrent fetches of a URL share one request. The HTTP client is loaded with the first URL. */
function sharedFetcher(allowedHosts: readonly string[]): ReferenceFetcher {
  const fetches = createSharedWork<FetchedReference>();
  let loading: Promise<ReferenceFetcher> | undefined;
  return (url, signal) =>
    fetches.join(url, signal, async shared => {
      loading ??= import('../media/fetch-reference.js').then(({createReferenceFetcher}) =>
        createReferenceFetcher({allowedHosts}),
      );
      return (await loading)(url, shared);
    });
}
