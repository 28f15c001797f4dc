import {createSharedWork} from '../async/share-work.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import type {AllowedHosts} from '../media/allowed-hosts.js';
import type {FetchedReference, ReferenceFetcher} from '../media/fetch-reference.js';
import type {LocalReader} from '../media/read-local-file.js';
import {createDocumentPages, type DocumentPages} from './document-pages.js';
import {createSoundImages, type SoundImages} from './verified-images.js';

/** What all requests share to look at what was attached to them. */
export type ContentTools = {
  readonly documents: DocumentPages;
  readonly images: SoundImages;
  readonly readLocal: LocalReader;
  readonly fetchReference: ReferenceFetcher;
  readonly isAllowed: AllowedHosts;
  readonly keepsThumbnails: boolean;
  readonly keepsOriginals: boolean;
};

export type ContentToolsOptions = {
  readonly rasterizer: Rasterizer;
  readonly allowedHosts: readonly string[];
} & Pick<ContentTools, 'isAllowed' | 'readLocal' | 'keepsThumbnails' | 'keepsOriginals'>;

export function createContentTools({rasterizer, allowedHosts, ...rest}: ContentToolsOptions): ContentTools {
  return {
    ...rest,
    documents: createDocumentPages(rasterizer),
    images: createSoundImages(),
    fetchReference: sharedFetcher(allowedHosts),
  };
}

/** What is being fetched already is awaited. The client is loaded with the first URL. */
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
