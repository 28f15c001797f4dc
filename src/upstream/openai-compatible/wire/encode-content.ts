import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {DocumentPart, EncodedImage, MediaReader} from '../../../chat/media.js';
import type {Content} from '../../../chat/request.js';
import {RetakeError, unreachable} from '../../../errors.js';

/** How pictures and pages are given to a model. */
export type Sight = {
  readonly supportsImages: boolean;
  /** The bytes behind digests; a question without pictures and pages needs none. */
  readonly media?: MediaReader | undefined;
};

/**
 * The content of a message: text as one string, with pictures a list of parts in the order in which the client put them. Bytes are
 * read one picture after another, and kept as the text of the body alone.
 * @throws RetakeError `not_supported` when the model cannot see, `invalid_request` when a document says nothing to one that reads.
 */
export async function encodeContent(content: readonly Content[], sight: Sight): Promise<JsonValue> {
  const parts: JsonObject[] = [];
  for (const part of content) {
    for await (const encoded of encodePart(part, sight)) addPart(parts, encoded);
  }
  const [first, ...others] = parts;
  if (first === undefined) return '';
  return others.length === 0 && typeof first['text'] === 'string' ? first['text'] : parts;
}

async function* encodePart(part: Content, sight: Sight): AsyncGenerator<JsonObject> {
  switch (part.type) {
    case 'text':
      yield textPart(part.text);
      break;
    case 'image':
      refuseForBlind(sight, 'it was sent a picture, and cannot see it', seeingModels);
      yield imagePart(await readerOf(sight).image(part.sha256));
      break;
    case 'document':
      yield* encodeDocument(part, sight);
      break;
    default:
      unreachable(part);
  }
}

async function* encodeDocument(document: DocumentPart, sight: Sight): AsyncGenerator<JsonObject> {
  const reader = readerOf(sight);
  const {pages} = document;
  if (reader.pagesGiven === 'text') {
    yield textPart(textOfDocument(document, sight));
    return;
  }
  refuseForBlind(
    sight,
    'it was sent a document as pictures of its pages, and cannot see them',
    `Set \`pages: text\` to give it the text of documents instead. ${seeingModels}`,
  );
  for (const [index, {pixels, text = ''}] of pages.entries()) {
    yield imagePart(await reader.page(pixels));
    if (reader.pagesGiven === 'both') yield textPart(textOfPage(text, index + 1, pages.length));
  }
}

/** The text of a document with its pages marked, for a model that reads and does not look. */
export function textOfDocument(
  {pages}: DocumentPart,
  {supportsImages}: Pick<Sight, 'supportsImages'>,
): string {
  if (pages.every(({text = ''}) => text.trim() === '')) {
    throw new RetakeError(
      'invalid_request',
      'A document has no text on its pages, as a scan has none, and the model is given the text alone',
      {hint: supportsImages ? 'Set `pages: images` to let the model see the pages.' : seeingModels},
    );
  }
  return pages.map(({text = ''}, index) => textOfPage(text, index + 1, pages.length)).join('');
}

function textOfPage(text: string, number: number, count: number): string {
  return `Page ${number} of ${count}:\n${text.trimEnd()}\n\n`;
}

const seeingModels =
  'Models that can see: gemma3-4b, gemma3-12b; a llama-server of your own needs its --mmproj.';

function refuseForBlind({supportsImages}: Sight, problem: string, hint: string): void {
  if (supportsImages) return;
  throw new RetakeError('not_supported', `The model takes text alone: ${problem}`, {hint});
}

function readerOf({media}: Sight): MediaReader {
  if (media) return media;
  throw new RetakeError('internal', 'A question with pictures came without their bytes');
}

/** Texts that follow one another are one: servers differ in what they put between parts. */
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
