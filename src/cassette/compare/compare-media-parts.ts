import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {isSameJson} from '../key/key.js';
import type {Difference} from './difference.js';
import type {Wording} from './wording.js';

/** Whether a part is an image or a document. */
export function isMedia(part: JsonValue | undefined): part is JsonObject {
  return isJsonObject(part) && (part['type'] === 'image' || part['type'] === 'document');
}

/** The differences between the images and documents of two turns, compared in their order. */
export function compareMediaParts(
  name: string,
  asked: readonly JsonValue[],
  recorded: readonly JsonValue[],
  wording: Wording,
): readonly Difference[] {
  const kinds = [
    {kind: 'image', compare: compareImages},
    {kind: 'document', compare: compareDocuments},
  ];
  return kinds.flatMap(({kind, compare}) => {
    const [mine, theirs] = [partsOf(asked, kind), partsOf(recorded, kind)];
    if (mine.length !== theirs.length) {
      const sentence = `${name}: ${count(mine.length, kind)}, ${wording.theirs} ${count(theirs.length, kind)}`;
      return [{sentence, weight: 3}];
    }
    return mine.flatMap((part, index) => {
      const other = theirs[index];
      if (!other || isSameJson(part, other)) return [];
      const {what, share} = compare(part, other, wording);
      const place = mine.length > 1 ? `${kind} ${index + 1}` : kind;
      return [{sentence: `${name}, ${place}${what}`, weight: 1 + 2 * share}];
    });
  });
}

type PartComparison = {readonly what: string; readonly share: number};

function compareImages(): PartComparison {
  return {what: ' differs', share: 1};
}

/** Pages are compared by their place; the share of those that differ is the distance of two documents. */
function compareDocuments(asked: JsonObject, recorded: JsonObject, {theirs}: Wording): PartComparison {
  const [pages, others] = [pagesOf(asked), pagesOf(recorded)];
  if (pages.length === 0) return {what: ': its pages are not known here', share: 0.5};
  const longer = Math.max(pages.length, others.length);
  const different = Array.from({length: longer}, (_, index) => index).filter(
    index => !isSameJson(pages[index] ?? null, others[index] ?? null),
  );
  const share = different.length / longer;
  if (pages.length !== others.length) {
    return {what: `: ${count(pages.length, 'page')}, ${theirs} ${count(others.length, 'page')}`, share};
  }
  if (different.length === 0) return {what: ': made into pages with other settings', share: 1};
  return {what: `: ${describePages(different, pages, others)}`, share};
}

function describePages(
  different: readonly number[],
  pages: readonly JsonObject[],
  others: readonly JsonObject[],
): string {
  const [first = 0] = different;
  const isTextAlone = pages[first]?.['pixels'] === others[first]?.['pixels'];
  const how = isTextAlone ? 'has another text' : 'differs';
  if (different.length === 1) return `page ${first + 1} of ${pages.length} ${how}`;
  if (different.length === pages.length) return `all ${pages.length} pages differ`;
  return `${different.length} of ${pages.length} pages differ, page ${first + 1} first`;
}

function partsOf(parts: readonly JsonValue[], type: string): readonly JsonObject[] {
  return parts.filter(isMedia).filter(part => part['type'] === type);
}

function pagesOf({pages}: JsonObject): readonly JsonObject[] {
  return Array.isArray(pages) ? pages.filter(isJsonObject) : [];
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
