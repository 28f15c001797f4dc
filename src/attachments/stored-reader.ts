import type {DocumentSettings} from '../cassette/key/key-settings.js';
import {readMedia, readRender} from '../cassette/rows/fact-rows.js';
import type {IndexedFacts} from '../cassette/rows/sorted-facts.js';
import type {EncodedImage, MediaReader} from '../chat/media.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {convertImage} from '../media/convert-image.js';
import {renderOptions} from './render-options.js';

export type StoredReaderOptions = {
  /** What messages call the cassette. */
  readonly shown: string;
  readonly facts: IndexedFacts;
  readonly settings: DocumentSettings;
  readonly rasterizer: Rasterizer;
  readonly signal: AbortSignal;
};

/** A reader of what a cassette keeps whole. */
export type StoredReader = {
  readonly reader: MediaReader;
  /** Whether an image's bytes are kept. */
  hasImage(sha256: string): boolean;
  /** Whether the model can be given a page: its text alone is in the question, its picture comes from a PDF that is kept. */
  hasPage(pixels: string): boolean;
};

/** Makes the bytes that an upstream is sent from the originals in a cassette. */
export function createStoredReader(options: StoredReaderOptions): StoredReader {
  const {shown, facts, settings, signal} = options;
  const original = (sha256: string): Uint8Array | undefined => {
    const row = facts.media('original', sha256);
    return row && readMedia(shown, row).bytes;
  };
  const wanted = renderOptions(settings);
  const owners = new Map<string, string>();
  for (const row of facts.rows('renders')) {
    const {pdf, options: given, pages} = readRender(shown, row);
    if (given !== wanted || facts.media('original', pdf) === undefined) continue;
    for (const {pixels} of pages) owners.set(pixels, pdf);
  }
  const drawn = new Map<string, Promise<ReadonlyMap<string, Uint8Array>>>();
  const draw = (pdf: string) => {
    const pictures = drawn.get(pdf) ?? picturesOf(original(pdf) ?? gone(pdf), options);
    drawn.clear();
    drawn.set(pdf, pictures);
    return pictures;
  };
  return {
    hasImage: sha256 => facts.media('original', sha256) !== undefined,
    hasPage: pixels => settings.pages === 'text' || owners.has(pixels),
    reader: {
      pagesGiven: settings.pages,
      image: async (sha256): Promise<EncodedImage> => convertImage(original(sha256) ?? gone(sha256), signal),
      async page(pixels): Promise<EncodedImage> {
        const pdf = owners.get(pixels) ?? gone(pixels);
        const bytes = (await draw(pdf)).get(pixels);
        if (bytes) return {bytes, mediaType: 'image/png'};
        throw new RetakeError(
          'not_supported',
          `The PDF ${pdf.slice(0, 12)}… has other pages here than when it was recorded: another poppler, or other fonts`,
        );
      },
    },
  };
}

async function picturesOf(
  pdf: Uint8Array,
  {settings, rasterizer, signal}: StoredReaderOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const {pageSize, maxPages} = settings;
  const {pages} = await rasterizer.rasterize(pdf, {pageSize, maxPages, keep: {png: true}, signal});
  return new Map(pages.flatMap(({digest, png}) => (png ? [[digest, png] as const] : [])));
}

function gone(digest: string): never {
  throw new RetakeError('not_supported', `${digest.slice(0, 12)}… is not kept whole in the cassette`);
}
