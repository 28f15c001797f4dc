import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {DocumentPart, EncodedImage, MediaReader} from '../../../chat/media.js';
import type {Content} from '../../../chat/request.js';
import {RetakeError, unreachable} from '../../../errors.js';

/** How images and pages are sent to a model. */
export type Vision = {
  readonly supportsImages: boolean;
  /** Reads the bytes of a digest; a request without images and documents needs no reader. */
  readonly media?: MediaReader | undefined;
};

/**
 * The content of a message: text as one string, or with images a list of parts in the client's order. Images are read one after the
 * other, so that only the text of the body stays in memory.
 * @throws RetakeError `not_supported` if the model does not accept images, `invalid_request` if a document has no text and needs it
 */
export async function encodeContent(content: readonly Content[], vision: Vision): Promise<JsonValue> {
  const parts: JsonObject[] = [];
  for (const part of content) {
    for await (const encoded of encodePart(part, vision)) addPart(parts, encoded);
  }
  const [first, ...others] = parts;
  if (first === undefined) return '';
  return others.length === 0 && typeof first['text'] === 'string' ? first['text'] : parts;
}

async function* encodePart(part: Content, vision: Vision): AsyncGenerator<JsonObject> {
  switch (part.type) {
    case 'text':
      yield textPart(part.text);
      break;
    case 'image':
      requireVision(vision, 'the request has an image', visionModels);
      yield imagePart(await readerOf(vision).image(part.sha256));
      break;
    case 'document':
      yield* encodeDocument(part, vision);
      break;
    default:
      unreachable(part);
  }
}

async function* encodeDocument(document: DocumentPart, vision: Vision): AsyncGenerator<JsonObject> {
  const reader = readerOf(vision);
  const {pages} = document;
  if (reader.pagesGiven === 'text') {
    yield textPart(textOfDocument(document, vision));
    return;
  }
  requireVision(
    vision,
    'the request has a document, which is sent as images of its pages',
    `Set \`pages: text\` to send the text of documents instead. ${visionModels}`,
  );
  for (const [index, {pixels, text = ''}] of pages.entries()) {
    yield imagePart(await reader.page(pixels));
    if (reader.pagesGiven === 'both') yield textPart(textOfPage(text, index + 1, pages.length));
  }
}

/** The text of a document with page headings, for a model without vision. */
export function textOfDocument(
  {pages}: DocumentPart,
  {supportsImages}: Pick<Vision, 'supportsImages'>,
): string {
  if (pages.every(({text = ''}) => text.trim() === '')) {
    throw new RetakeError(
      'invalid_request',
      'A document has no text on its pages, as in a scan, and only text is sent to the model',
      {hint: supportsImages ? 'Set `pages: images` to send the pages as images.' : visionModels},
    );
  }
  return pages.map(({text = ''}, index) => textOfPage(text, index + 1, pages.length)).join('');
}

function textOfPage(text: string, number: number, count: number): string {
  return `Page ${number} of ${count}:\n${text.trimEnd()}\n\n`;
}

const visionModels =
  'Models with vision: gemma3-4b, gemma3-12b; a server of your own needs the projector of its model.';

function requireVision({supportsImages}: Vision, problem: string, hint: string): void {
  if (supportsImages) return;
  throw new RetakeError('not_supported', `The model accepts only text, but ${problem}`, {hint});
}

function readerOf({media}: Vision): MediaReader {
  if (media) return media;
  throw new RetakeError('internal', 'A question with pictures came without their bytes');
}

/** Joins consecutive texts: servers differ in what they put between parts. */
function addPart(parts: JsonObject[], part: JsonObject): void {
  const last = parts.at(-1);
  if (typeof part['text'] === 'string' && typeof last?.['text'] === 'string')
    parts[parts.length - 1] = textPart(last['text'] + part['text']);
  else parts.push(part);
}

function textPart(text: string): JsonObject {
  return {type: 'text', text};
}

function imagePart({bytes, mediaType}: EncodedImage): JsonObject {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {type: 'image_url', image_url: {url: `data:${mediaType};base64,${base64}`}};
}
