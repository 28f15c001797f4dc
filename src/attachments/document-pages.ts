import {LRUCache} from 'lru-cache';
import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {Rasterizer, Render} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {hasTexts, renderOptions} from './render-options.js';

/** A PDF by its bytes. */
export type Pdf = {readonly sha256: string; readonly bytes: Uint8Array};

export type PageOptions = {
  readonly settings: DocumentSettings;
  /** Whether the PNGs of the pages will be needed. */
  readonly pngs: boolean;
  readonly thumbnails: boolean;
  readonly signal: AbortSignal;
};

/** Renders the pages of PDFs, and caches them. */
export type DocumentPages = {
  /** @throws RetakeError `invalid_request`, `rasterizer_missing` */
  render(pdf: Pdf, options: PageOptions): Promise<Render>;
  /** The PNGs of all pages of a PDF, by the digests of their pixels. */
  pngs(pdf: Pdf, options: Pick<PageOptions, 'settings' | 'signal'>): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The installed renderer; undefined if there is none. */
  renderer(): Promise<string | undefined>;
};

/** Renders are cached without their PNGs: a few kilobytes of digests, texts and thumbnails. */
const cachedRenders = 100;
/** The bytes of PNGs that are cached between a render and the request to the upstream; others are rendered again. */
const pngBudget = 64 << 20;

export function createDocumentPages(rasterizer: Rasterizer): DocumentPages {
  const renders = new LRUCache<string, Render>({max: cachedRenders});
  const pngCache = new LRUCache<string, Uint8Array>({
    maxSize: pngBudget,
    sizeCalculation: ({length}) => length + 1,
  });
  const rasterize = async ({sha256, bytes}: Pdf, {settings, pngs, thumbnails, signal}: PageOptions) => {
    const {pageSize, maxPages} = settings;
    const keep = {png: pngs, thumbnail: thumbnails, text: hasTexts(settings)};
    const render = await rasterizer.rasterize(bytes, {pageSize, maxPages, keep, signal});
    for (const {digest, png} of render.pages) if (png) pngCache.set(digest, png);
    const {pages, ...rest} = render;
    renders.set(idOf(sha256, settings, thumbnails), {
      ...rest,
      pages: pages.map(({png: _png, ...page}) => page),
    });
    return render;
  };
  return {
    async render(pdf, options) {
      return renders.get(idOf(pdf.sha256, options.settings, options.thumbnails)) ?? rasterize(pdf, options);
    },
    async pngs(pdf, {settings, signal}) {
      const known =
        renders.get(idOf(pdf.sha256, settings, true)) ?? renders.get(idOf(pdf.sha256, settings, false));
      const found = new Map<string, Uint8Array>();
      for (const {digest} of known?.pages ?? []) {
        const png = pngCache.get(digest);
        if (png) found.set(digest, png);
      }
      if (known?.pages.every(({digest}) => found.has(digest))) return found;
      const {pages} = await rasterize(pdf, {settings, pngs: true, thumbnails: false, signal});
      return new Map(pages.map(({digest, png}) => [digest, png ?? missing(digest)]));
    },
    renderer: () => rasterizer.renderer(),
  };
}

function idOf(sha256: string, settings: DocumentSettings, thumbnails: boolean): string {
  return `${sha256} ${renderOptions(settings)} ${thumbnails}`;
}

function missing(digest: string): never {
  throw new RetakeError('internal', `The page ${digest} was rendered without its PNG`);
}
