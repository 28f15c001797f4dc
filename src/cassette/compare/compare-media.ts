import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {isSameJson} from '../key/key.js';
import type {Difference} from './difference.js';

/** Whether a part is an image or a document. */
export function isMedia(part: JsonValue | undefined): part is JsonObject {
  return isJsonObject(part) && (part['type'] === 'image' || part['type'] === 'document');
}

/** How the images and documents of two turns differ, one by one in their order. */
export function compareMedia(
  name: string,
  asked: readonly JsonValue[],
  recorded: readonly JsonValue[],
): readonly Difference[] {
  return [
    ...compareKind(name, 'image', partsOf(asked, 'image'), partsOf(recorded, 'image'), compareImages),
    ...compareKind(
      name,
      'document',
      partsOf(asked, 'document'),
      partsOf(recorded, 'document'),
      compareDocuments,
    ),
  ];
}

type CompareParts = (
  asked: JsonObject,
  recorded: JsonObject,
) => {readonly what: string; readonly share: number};

function compareKind(
  name: string,
  kind: string,
  asked: readonly JsonObject[],
  recorded: readonly JsonObject[],
  compare: CompareParts,
): readonly Difference[] {
  if (asked.length !== recorded.length) {
    const sentence = `${name}: ${count(asked.length, kind)}, recorded ${count(recorded.length, kind)}`;
    return [{sentence, weight: 3}];
  }
  return asked.flatMap((part, index) => {
    const other = recorded[index];
    if (!other || isSameJson(part, other)) return [];
    const {what, share} = compare(part, other);
    const place = asked.length > 1 ? `${kind} ${index + 1}` : kind;
    return [{sentence: `${name}, ${place}${what}`, weight: 1 + 2 * share}];
  });
}

function compareImages(): {readonly what: string; readonly share: number} {
  return {what: ' differs', share: 1};
}

/** Pages are compared by their place: the share of those that differ says how far two documents are apart. */
function compareDocuments(asked: JsonObject, recorded: JsonObject) {
  const [pages, others] = [pagesOf(asked), pagesOf(recorded)];
  if (pages.length === 0) return {what: ': its pages are not known here', share: 0.5};
  const longer = Math.max(pages.length, others.length);
  const different = Array.from({length: longer}, (_, index) => index).filter(
    index => !isSameJson(pages[index] ?? null, others[index] ?? null),
  );
  const share = different.length / longer;
  if (pages.length !== others.length) {
    return {what: `: ${count(pages.length, 'page')}, recorded ${count(others.length, 'page')}`, share};
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
