import {isJsonObject, type JsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {MatchingView} from '../key/key.js';
import type {Finding} from './change-verdict.js';
import {isMedia} from './compare-media-parts.js';
import {sequenceDifferences} from './sequence-differences.js';

/** An image, or a page of a document, that a request shows to the model. */
export type MediaItem = {
  /** Where it stands in the request: `image 2`, `page 3 of 5`. */
  readonly name: string;
  /** Names its pixels or bytes; thumbnails are kept under it. */
  readonly digest: string;
  /** What the model was given as the text of the page. */
  readonly text?: string;
  /** Whether the other side of the pair has something else in its place. */
  readonly isChanged: boolean;
};

/** Every image and page of a request, in the order in which the model sees them. */
export function mediaOf(view: MatchingView): readonly MediaItem[] {
  const parts = [...mediaParts(view['turns']), ...mediaParts(view['inputs'])];
  const images = parts.filter(({type}) => type === 'image').length;
  const documents = parts.length - images;
  const count = {image: 0, document: 0};
  return parts.flatMap(part => {
    if (part['type'] === 'image') {
      count.image++;
      const name = images > 1 ? `image ${count.image}` : 'image';
      return [{name, digest: textOf(part['sha256']), isChanged: false}];
    }
    count.document++;
    const place = documents > 1 ? `document ${count.document}, ` : '';
    const pages = listOf(part['pages']).filter(isJsonObject);
    return pages.map((page, index) =>
      omitUndefined({
        name: `${place}page ${index + 1} of ${pages.length}`,
        digest: textOf(page['pixels']),
        text: page['text'] === undefined ? undefined : textOf(page['text']),
        isChanged: false,
      }),
    );
  });
}

/** A request as if all images and all pages looked the same: what else was changed shows in it. */
export function withoutMedia(view: MatchingView): MatchingView {
  return mapMembers(view, {});
}

function mapMembers(object: JsonObject, changes: JsonObject): JsonObject {
  const members = Object.entries(object).map(([name, member]) => [name, changes[name] ?? blank(member)]);
  return Object.fromEntries(members);
}

function blank(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(blank);
  if (!isJsonObject(value)) return value;
  return isMedia(value) ? mapMembers(value, {sha256: '', pages: []}) : mapMembers(value, {});
}

export type MediaComparison = {
  readonly before: readonly MediaItem[];
  readonly after: readonly MediaItem[];
  readonly findings: readonly Finding[];
};

/** Which images and pages went, came or look different. */
export function compareMedia(before: readonly MediaItem[], after: readonly MediaItem[]): MediaComparison {
  const gone = new Set<number>();
  const fresh = new Set<number>();
  let [mine, theirs] = [0, 0];
  for (const {kind, items} of sequenceDifferences(before.map(identityOf), after.map(identityOf))) {
    for (const _item of items) {
      if (kind === 'removed') gone.add(mine);
      if (kind === 'added') fresh.add(theirs);
      if (kind !== 'added') mine++;
      if (kind !== 'removed') theirs++;
    }
  }
  const marked = {before: mark(before, gone), after: mark(after, fresh)};
  return {...marked, findings: findingsOf(marked.before, marked.after)};
}

function findingsOf(before: readonly MediaItem[], after: readonly MediaItem[]): Finding[] {
  const removed = before.filter(({isChanged}) => isChanged);
  const added = after.filter(({isChanged}) => isChanged);
  const sentences = [
    ...removed.map(item => {
      const other = added.find(({name}) => placeOf(name) === placeOf(item.name));
      if (!other) return `${item.name} is no longer shown`;
      return other.digest === item.digest
        ? `${other.name} has another text`
        : `${other.name} looks different`;
    }),
    ...added
      .filter(({name}) => !removed.some(item => placeOf(item.name) === placeOf(name)))
      .map(({name}) => `${name} is new`),
  ];
  return sentences.map(sentence => ({verdict: 'media', sentence}));
}

/** Page 3 is the same place in a document that has got more pages. */
function placeOf(name: string): string {
  return name.replace(/ of \d+$/, '');
}

function mark(items: readonly MediaItem[], changed: ReadonlySet<number>): readonly MediaItem[] {
  return items.map((item, index) => ({...item, isChanged: changed.has(index)}));
}

function identityOf({digest, text}: MediaItem): string {
  return `${digest}\n${text ?? ''}`;
}

/** Turns hold parts, inputs of embeddings hold content, and so do the tool results among the parts. */
function mediaParts(owners: JsonValue | undefined): readonly JsonObject[] {
  return listOf(owners)
    .filter(isJsonObject)
    .flatMap(owner =>
      isMedia(owner) ? [owner] : [...mediaParts(owner['parts']), ...mediaParts(owner['content'])],
    );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
