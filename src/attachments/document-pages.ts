import {LRUCache} from 'lru-cache';
import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {Rasterizer, Render} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {hasTexts, renderOptions} from './render-options.js';

/** A PDF by its bytes. */
export type Pdf = {readonly sha256: string; readonly bytes: Uint8Array};

export type PageWishes = {
  readonly settings: DocumentSettings;
  /** PNGs of the pages will be asked for. */
  readonly pictures: boolean;
  readonly thumbnails: boolean;
  readonly signal: AbortSignal;
};

/** The pages of PDFs, each rasterised once for all that is wanted of it. */
export type DocumentPages = {
  /** @throws RetakeError `invalid_request`, `poppler_missing` */
  render(pdf: Pdf, wishes: PageWishes): Promise<Render>;
  /** All pages of a PDF as PNGs, by the digests of their pixels. */
  pictures(
    pdf: Pdf,
    wishes: Pick<PageWishes, 'settings' | 'signal'>,
  ): Promise<ReadonlyMap<string, Uint8Array>>;
  /** What rasterises here; undefined where nothing does. */
  renderer(): Promise<string | undefined>;
};

/** Renders are remembered without their PNGs: a few kilobytes of digests, texts and thumbnails. */
const rememberedRenders = 100;
/** Bytes of PNGs that are held between a render and the upstream's request; others are made again. */
const pictureBudget = 64 << 20;

export function createDocumentPages(rasterizer: Rasterizer): DocumentPages {
  const renders = new LRUCache<string, Render>({max: rememberedRenders});
  const held = new LRUCache<string, Uint8Array>({
    maxSize: pictureBudget,
    sizeCalculation: ({length}) => length + 1,
  });
  const rasterize = async ({sha256, bytes}: Pdf, {settings, pictures, thumbnails, signal}: PageWishes) => {
    const {pageSize, maxPages} = settings;
    const keep = {png: pictures, thumbnail: thumbnails, text: hasTexts(settings)};
    const render = await rasterizer.rasterize(bytes, {pageSize, maxPages, keep, signal});
    for (const {digest, png} of render.pages) if (png) held.set(digest, png);
    const {pages, ...rest} = render;
    renders.set(idOf(sha256, settings, thumbnails), {
      ...rest,
      pages: pages.map(({png: _png, ...page}) => page),
    });
    return render;
  };
  return {
    async render(pdf, wishes) {
      return renders.get(idOf(pdf.sha256, wishes.settings, wishes.thumbnails)) ?? rasterize(pdf, wishes);
    },
    async pictures(pdf, {settings, signal}) {
      const known =
        renders.get(idOf(pdf.sha256, settings, true)) ?? renders.get(idOf(pdf.sha256, settings, false));
      const found = new Map<string, Uint8Array>();
      for (const {digest} of known?.pages ?? []) {
        const picture = held.get(digest);
        if (picture) found.set(digest, picture);
      }
      if (known?.pages.every(({digest}) => found.has(digest))) return found;
      const {pages} = await rasterize(pdf, {settings, pictures: true, thumbnails: false, signal});
      return new Map(pages.map(({digest, png}) => [digest, png ?? missing(digest)]));
    },
    renderer: () => rasterizer.renderer(),
  };
}

function idOf(sha256: string, settings: DocumentSettings, thumbnails: boolean): string {
  return `${sha256} ${renderOptions(settings)} ${thumbnails}`;
}

function missing(digest: string): never {
  throw new RetakeError('internal', `The page ${digest} was rasterised without its picture`);
}
