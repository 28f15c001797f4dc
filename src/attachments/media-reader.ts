import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {EncodedImage, MediaReader} from '../chat/media.js';
import {RetakeError} from '../errors.js';
import {convertImage} from '../media/convert-image.js';
import type {AttachmentTools} from './attachment-tools.js';
import type {Pdf} from './document-pages.js';
import type {InspectedAttachment} from './inspect-attachment.js';

/** Reads the bytes that are sent to the upstream, on demand. */
export function createReader(
  inspected: readonly InspectedAttachment[],
  {
    settings,
    tools,
    signal,
  }: {readonly settings: DocumentSettings; readonly tools: AttachmentTools; readonly signal: AbortSignal},
): MediaReader {
  const images = new Map(
    inspected.flatMap(({image}) => (image ? [[image.sha256, image.bytes] as const] : [])),
  );
  const owners = new Map(
    inspected.flatMap(({document}) =>
      document ? document.pages.map(pixels => [pixels, document.pdf] as const) : [],
    ),
  );
  const rendered = new Map<Pdf, Promise<ReadonlyMap<string, Uint8Array>>>();
  const render = (pdf: Pdf) => {
    const pngs = rendered.get(pdf) ?? tools.documents.pngs(pdf, {settings, signal});
    rendered.set(pdf, pngs);
    return pngs;
  };
  return {
    pagesGiven: settings.pages,
    async image(sha256): Promise<EncodedImage> {
      return convertImage(images.get(sha256) ?? notInRequest('image', sha256), signal);
    },
    async page(pixels): Promise<EncodedImage> {
      const pngs = await render(owners.get(pixels) ?? notInRequest('page', pixels));
      return {bytes: pngs.get(pixels) ?? changed(), mediaType: 'image/png'};
    },
  };
}

function notInRequest(kind: string, digest: string): never {
  throw new RetakeError('internal', `The ${kind} ${digest} is not in this request`);
}

/** The model must get exactly the pages that are in the key. */
function changed(): never {
  throw new RetakeError('internal', 'A PDF was rendered twice with different results', {
    hint: 'Repeat the request: poppler or its fonts changed while retake was running.',
  });
}
