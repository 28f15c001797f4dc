import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {RememberedMedia} from '../cassette/media-memory.js';
import {readMedia, readRender} from '../cassette/rows/fact-rows.js';
import type {IndexedFacts} from '../cassette/rows/sorted-facts.js';
import type {DocumentPart, EncodedImage, ImagePart, MediaReader} from '../chat/media.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {convertImage} from '../media/convert-image.js';
import {renderOptions} from './render-options.js';

export type StoredReaderOptions = {
  /** The cassette's name in messages. */
  readonly shown: string;
  readonly facts: IndexedFacts;
  readonly settings: DocumentSettings;
  readonly rasterizer: Rasterizer;
  readonly signal: AbortSignal;
};

/** Reads the attached files that a cassette stores in full. */
export type StoredReader = {
  readonly reader: MediaReader;
  /** Whether the bytes of an image are stored. */
  hasImage(sha256: string): boolean;
  /** Whether a page can be sent: either only its text is needed, or its PDF is stored. */
  hasPage(pixels: string): boolean;
  /** The file of an image or of a whole document as it was attached; undefined if it is not stored. */
  original(part: ImagePart | DocumentPart): Pick<RememberedMedia, 'bytes' | 'mediaType'> | undefined;
};

/** Reads the bytes that are sent to the upstream from the originals in a cassette. */
export function createStoredReader(options: StoredReaderOptions): StoredReader {
  const {shown, facts, settings, signal} = options;
  const original = (sha256: string): Uint8Array | undefined => {
    const row = facts.media('original', sha256);
    return row && readMedia(shown, row).bytes;
  };
  const wanted = renderOptions(settings);
  const owners = new Map<string, string>();
  const documents = new Map<string, string>();
  for (const row of facts.rows('renders')) {
    const {pdf, options: given, pages} = readRender(shown, row);
    if (given !== wanted || facts.media('original', pdf) === undefined) continue;
    for (const {pixels} of pages) owners.set(pixels, pdf);
    documents.set(pages.map(({pixels}) => pixels).join(), pdf);
  }
  // Consecutive pages are mostly of one PDF: only its PNGs are kept in memory.
  let last: {readonly pdf: string; readonly pngs: Promise<ReadonlyMap<string, Uint8Array>>} | undefined;
  const render = (pdf: string) => {
    if (last?.pdf !== pdf) last = {pdf, pngs: renderPngs(original(pdf) ?? notStored(pdf), options)};
    return last.pngs;
  };
  return {
    hasImage: sha256 => facts.media('original', sha256) !== undefined,
    original(part) {
      const digest =
        part.type === 'image' ? part.sha256 : documents.get(part.pages.map(({pixels}) => pixels).join());
      const row = digest === undefined ? undefined : facts.media('original', digest);
      return row && readMedia(shown, row);
    },
    hasPage: pixels => settings.pages === 'text' || owners.has(pixels),
    reader: {
      pagesGiven: settings.pages,
      image: async (sha256): Promise<EncodedImage> =>
        convertImage(original(sha256) ?? notStored(sha256), signal),
      async page(pixels): Promise<EncodedImage> {
        const pdf = owners.get(pixels) ?? notStored(pixels);
        const bytes = (await render(pdf)).get(pixels);
        if (bytes) return {bytes, mediaType: 'image/png'};
        throw new RetakeError(
          'not_supported',
          `The PDF ${pdf.slice(0, 12)}… renders differently than when it was recorded: poppler or the fonts differ`,
        );
      },
    },
  };
}

async function renderPngs(
  pdf: Uint8Array,
  {settings, rasterizer, signal}: StoredReaderOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const {pageSize, maxPages} = settings;
  const {pages} = await rasterizer.rasterize(pdf, {pageSize, maxPages, keep: {png: true}, signal});
  return new Map(pages.flatMap(({digest, png}) => (png ? [[digest, png] as const] : [])));
}

function notStored(digest: string): never {
  throw new RetakeError('not_supported', `${digest.slice(0, 12)}… is not stored in full in the cassette`);
}
