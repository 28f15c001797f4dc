import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {MatchingView} from '../key/key.js';
import type {MediaMemory, RememberedRender} from '../media-memory.js';
import type {Inspection} from '../media-resolver.js';

/** What a miss has to do with where its PDFs were rasterised: sentences for the message, and what can be done. */
export type DocumentRemarks = {readonly lines: readonly string[]; readonly hint: string | undefined};

/**
 * Compares who rasterised the PDFs of a question that was missed with who did it for the recording that is most alike. The memory's
 * renders are read to their end, for only their pages say which recording they belong to.
 */
export async function explainDocuments(
  {unknown, facts}: Pick<Inspection, 'unknown' | 'facts'>,
  {memory, nearest}: {readonly memory: MediaMemory; readonly nearest: MatchingView | undefined},
): Promise<DocumentRemarks> {
  const here = facts.renders.map(
    ({pdf, pages, renderer}) =>
      `The PDF ${pdf.slice(0, 12)}… (${pages.length === 1 ? '1 page' : `${pages.length} pages`}) is not one that was recorded; ${renderer} has rasterised it here`,
  );
  if (here.length + unknown.length === 0) return {lines: [], hint: undefined};
  const recordedBy = await renderersOf(nearest, memory);
  const there =
    recordedBy.length > 0 ? [`The nearest recording's pages come from ${recordedBy.join(' and ')}`] : [];
  return {
    lines: [...here, ...unknown.map(capitalise), ...there].map(sentence => `${sentence}.`),
    hint: here.length > 0 || there.length > 0 ? regeneratedHint : undefined,
  };
}

const regeneratedHint =
  'A PDF that is made anew for each run, with a date or an id in it, has to be rasterised at replay: with the poppler and the fonts that it was recorded with, or send a file that does not change.';

async function renderersOf(
  nearest: MatchingView | undefined,
  memory: MediaMemory,
): Promise<readonly string[]> {
  const pages = new Set(pixelsIn(nearest ?? null));
  if (pages.size === 0) return [];
  const renderers = new Set<string>();
  for await (const render of memory.allRenders()) {
    if (showsAny(render, pages)) renderers.add(render.renderer);
  }
  return [...renderers].sort();
}

function showsAny({pages}: RememberedRender, wanted: ReadonlySet<string>): boolean {
  return pages.some(({pixels}) => wanted.has(pixels));
}

/** The digests of all pages in a matching view. */
function pixelsIn(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(pixelsIn);
  if (!isJsonObject(value)) return [];
  const {pixels} = value;
  return typeof pixels === 'string' ? [pixels] : Object.values(value).flatMap(pixelsIn);
}

function capitalise(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
