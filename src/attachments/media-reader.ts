import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {EncodedImage, MediaReader} from '../chat/media.js';
import {RetakeError} from '../errors.js';
import {convertImage} from '../media/convert-image.js';
import type {ContentTools} from './content-tools.js';
import type {Pdf} from './document-pages.js';
import type {InspectedAttachment} from './inspect-attachment.js';

/** Makes the bytes that an upstream is sent, when they are asked for. */
export function createReader(
  inspected: readonly InspectedAttachment[],
  {
    settings,
    tools,
    signal,
  }: {readonly settings: DocumentSettings; readonly tools: ContentTools; readonly signal: AbortSignal},
): MediaReader {
  const images = new Map(
    inspected.flatMap(({image}) => (image ? [[image.sha256, image.bytes] as const] : [])),
  );
  const owners = new Map(
    inspected.flatMap(({document}) =>
      document ? document.pages.map(pixels => [pixels, document.pdf] as const) : [],
    ),
  );
  const drawn = new Map<Pdf, Promise<ReadonlyMap<string, Uint8Array>>>();
  const draw = (pdf: Pdf) => {
    const pictures = drawn.get(pdf) ?? tools.documents.pictures(pdf, {settings, signal});
    drawn.set(pdf, pictures);
    return pictures;
  };
  return {
    pagesGiven: settings.pages,
    async image(sha256): Promise<EncodedImage> {
      return convertImage(images.get(sha256) ?? stranger('image', sha256), signal);
    },
    async page(pixels): Promise<EncodedImage> {
      const pictures = await draw(owners.get(pixels) ?? stranger('page', pixels));
      return {bytes: pictures.get(pixels) ?? changed(), mediaType: 'image/png'};
    },
  };
}

function stranger(kind: string, digest: string): never {
  throw new RetakeError('internal', `No ${kind} ${digest} belongs to this request`);
}

/** The model must be given what the key was made of, and nothing else. */
function changed(): never {
  throw new RetakeError('internal', 'A PDF was rasterised twice, and its pages came out differently', {
    hint: 'Ask again: poppler or its fonts were changed while retake was running.',
  });
}
