import type {MediaFacts, RememberedMedia} from '../cassette/media-memory.js';
import {noFacts} from '../cassette/media-memory.js';
import type {AttachedMedia, ResolveOptions} from '../cassette/media-resolver.js';
import type {Attachment, DocumentPart} from '../chat/media.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {Content} from '../chat/request.js';
import type {Render} from '../documents/rasterizer.js';
import {RetakeError, unreachable} from '../errors.js';
import {checkReference} from '../media/check-reference.js';
import type {Thumbnail} from '../media/encode-thumbnail.js';
import type {AttachmentTools} from './attachment-tools.js';
import type {Pdf} from './document-pages.js';
import {digestOf, type Identified, identify} from './identify.js';
import {pdfType} from './recall-contents.js';
import {maskedUrl} from './reference.js';
import {hasTexts, renderOf, renderOptions} from './render-options.js';
import type {Source} from './source.js';

export type InspectedAttachment = {
  /** The content for the model, and the content for the key: the same except for secrets. */
  readonly given: Content;
  readonly known: Content;
  /** Why it could not be inspected. */
  readonly unknown?: string | undefined;
  readonly warnings: readonly string[];
  readonly facts: MediaFacts;
  /** The source of the bytes for the upstream. */
  readonly image?: {readonly sha256: string; readonly bytes: Uint8Array};
  readonly document?: {readonly pdf: Pdf; readonly pages: readonly string[]};
};

export type InspectOptions = ResolveOptions & {
  readonly tools: AttachmentTools;
  readonly purpose: Parameters<AttachedMedia['inspect']>[0];
  /** The content that the memory has for the attachment: it is not inspected again only to explain a miss. */
  readonly recalled: Content | undefined;
};

/** Inspects an attachment: fetches it, renders it, and verifies that it can be decoded. */
export async function inspectAttachment(
  attachment: Attachment,
  source: Source,
  options: InspectOptions,
): Promise<InspectedAttachment> {
  if (source.kind === 'here') return inspectBytes(source.identified, options);
  const {purpose, tools, signal, recalled, mask} = options;
  const {id, shown} = maskedUrl(source.url, mask);
  if (purpose === 'fail') {
    checkReference(source.url, tools.isAllowed);
    if (recalled) return plain(recalled);
    return unknown(
      attachment,
      `\`${shown}\` was not fetched for this cassette before, and this mode does not fetch`,
    );
  }
  const {bytes, mediaType = attachment.declaredType} = await tools.fetchReference(source.url, signal);
  const identified = await identify(bytes, mediaType, attachment.accepts);
  return inspectFetched(identified, {id, shown}, options);
}

/** The text of a URL is stored without its secrets, so its key has none either. */
async function inspectFetched(
  identified: Identified,
  {id, shown}: {readonly id: string; readonly shown: string},
  options: InspectOptions,
): Promise<InspectedAttachment> {
  const inspected = await inspectBytes(identified, options);
  const [text] = identified.kind === 'text' ? options.conceal([identified.text]) : [];
  const reference = omitUndefined({
    url: id,
    shown,
    sha256: digestOf(identified.bytes),
    mediaType: mediaTypeOf(identified),
    text,
  });
  return {
    ...inspected,
    known: text === undefined ? inspected.known : {type: 'text', text},
    facts: {...inspected.facts, references: [reference]},
  };
}

function inspectBytes(identified: Identified, options: InspectOptions): Promise<InspectedAttachment> {
  switch (identified.kind) {
    case 'image':
      return inspectImage(identified, options);
    case 'pdf':
      return inspectPdf(identified, options);
    case 'text':
      return Promise.resolve(plain({type: 'text', text: identified.text}));
    default:
      return unreachable(identified);
  }
}

async function inspectImage(
  image: Extract<Identified, {kind: 'image'}>,
  {purpose, tools, signal}: InspectOptions,
): Promise<InspectedAttachment> {
  const {sha256, mediaType, bytes} = image;
  const isRecorded = purpose === 'record';
  const {width, height, thumbnail} = await tools.images.verify(image, {
    thumbnail: isRecorded && tools.keepsThumbnails,
    signal,
  });
  const media: RememberedMedia[] = [];
  if (thumbnail) media.push(thumbnailFact(sha256, thumbnail, {width, height}));
  if (isRecorded && tools.keepsOriginals) media.push({kind: 'original', digest: sha256, mediaType, bytes});
  return {...plain({type: 'image', sha256}), facts: {...noFacts, media}, image: {sha256, bytes}};
}

/** How many pages of a document get a thumbnail. */
const maximumThumbnails = 20;

async function inspectPdf(
  pdf: Extract<Identified, {kind: 'pdf'}>,
  options: InspectOptions,
): Promise<InspectedAttachment> {
  const {settings, purpose, recalled, tools, signal, conceal} = options;
  const isRecorded = purpose === 'record';
  if (purpose === 'fail') {
    if (recalled) return plain(recalled);
    if ((await tools.documents.renderer()) === undefined) {
      return {
        ...plain({type: 'document', render: renderOf(settings), pages: []}),
        unknown: `the PDF ${pdf.sha256.slice(0, 12)}… was not recorded, and without a rasterizer its pages cannot be compared`,
      };
    }
  }
  const render = await tools.documents.render(pdf, {
    settings,
    pngs: purpose !== 'fail' && settings.pages !== 'text',
    thumbnails: isRecorded && tools.keepsThumbnails,
    signal,
  });
  if (purpose !== 'fail' && settings.pages === 'text') requireText(render);
  const given = documentOf(render, settings);
  const texts = conceal(render.pages.map(({text = ''}) => text));
  const pages = given.pages.map(({pixels}, index) => ({
    pixels,
    ...(hasTexts(settings) && {text: texts[index] ?? ''}),
  }));
  const media = thumbnailsOf(render);
  if (isRecorded && tools.keepsOriginals)
    media.push({kind: 'original', digest: pdf.sha256, mediaType: pdfType, bytes: pdf.bytes});
  return {
    given,
    known: {...given, pages},
    warnings: render.warnings,
    facts: {
      references: [],
      renders: [{pdf: pdf.sha256, options: renderOptions(settings), pages, renderer: render.renderer}],
      media,
    },
    document: {pdf, pages: given.pages.map(({pixels}) => pixels)},
  };
}

function documentOf({pages}: Render, settings: InspectOptions['settings']): DocumentPart {
  return {
    type: 'document',
    render: renderOf(settings),
    pages: pages.map(({digest, text = ''}) => ({pixels: digest, ...(hasTexts(settings) && {text})})),
  };
}

function thumbnailsOf({pages}: Render): RememberedMedia[] {
  return pages
    .slice(0, maximumThumbnails)
    .flatMap(({digest, thumbnail, width, height}) =>
      thumbnail ? [thumbnailFact(digest, thumbnail, {width, height})] : [],
    );
}

function thumbnailFact(
  digest: string,
  {bytes, mediaType}: Thumbnail,
  shown: {readonly width: number; readonly height: number},
): RememberedMedia {
  return {kind: 'thumbnail', digest, bytes, mediaType, ...shown};
}

/** With `pages: text` a document without text would be an empty prompt. */
function requireText({pages}: Render): void {
  if (pages.some(({text = ''}) => text.trim() !== '')) return;
  throw new RetakeError(
    'invalid_request',
    `Expected a PDF with text, because \`pages: text\` sends nothing else to the model, but its ${pages.length === 1 ? 'page has' : `${pages.length} pages have`} none: it may be a scan`,
    {
      hint: 'Set the option `upstream.model` to a model with vision, for instance gemma3-4b, and record into another cassette with the option `keySettings.pages` set to `images`.',
    },
  );
}

function unknown({accepts}: Attachment, sentence: string): InspectedAttachment {
  const placeholder: Content =
    accepts === 'image'
      ? {type: 'image', sha256: ''}
      : {type: 'document', render: {pageSize: 0, maxPages: 0}, pages: []};
  return {...plain(placeholder), unknown: sentence};
}

function plain(content: Content): InspectedAttachment {
  return {given: content, known: content, warnings: [], facts: noFacts};
}

function mediaTypeOf(identified: Identified): string {
  switch (identified.kind) {
    case 'image':
      return identified.mediaType;
    case 'pdf':
      return pdfType;
    case 'text':
      return 'text/plain';
    default:
      return unreachable(identified);
  }
}
