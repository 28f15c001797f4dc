import type {ResolveOptions} from '../cassette/media-resolver.js';
import type {Attachment} from '../chat/media.js';
import type {Content} from '../chat/request.js';
import {unreachable} from '../errors.js';
import {maskedUrl} from './reference.js';
import {renderOf, renderOptions} from './render-options.js';
import type {Source} from './source.js';

/** The contents that the cassette has for an attachment. */
export async function recallContents(
  {accepts}: Attachment,
  source: Source,
  options: Pick<ResolveOptions, 'memory' | 'settings' | 'mask'>,
): Promise<readonly Content[]> {
  if (source.kind === 'here') return contentsOf(source.identified, options);
  const references = await options.memory.references(maskedUrl(source.url, options.mask).id);
  const contents: Content[] = [];
  for (const {mediaType, sha256, text} of references) {
    const kind = text !== undefined ? 'text' : mediaType === pdfType ? 'pdf' : 'image';
    if (accepts !== undefined && (accepts === 'image') !== (kind === 'image')) continue;
    contents.push(...(await contentsOf({kind, sha256, text: text ?? ''}, options)));
  }
  return contents;
}

export const pdfType = 'application/pdf';

type Known =
  | {readonly kind: 'image' | 'pdf'; readonly sha256: string}
  | {readonly kind: 'text'; readonly text: string};

async function contentsOf(
  known: Known,
  {memory, settings}: Pick<ResolveOptions, 'memory' | 'settings'>,
): Promise<readonly Content[]> {
  switch (known.kind) {
    case 'image':
      return [{type: 'image', sha256: known.sha256}];
    case 'text':
      return [{type: 'text', text: known.text}];
    case 'pdf': {
      const renders = await memory.renders(known.sha256, renderOptions(settings));
      return renders.map(({pages}) => ({type: 'document', render: renderOf(settings), pages}));
    }
    default:
      return unreachable(known);
  }
}
