import {createHash} from 'node:crypto';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {CassetteKey, MatchingView} from './key.js';
import {mapStrings} from './map-strings.js';

/** An id that a provider made up, and what stands for it in matching views. */
export type KnownId = {
  readonly id: string;
  /** The same for the same object in every run: `<files:3f2a…>`. The id itself if it is left as it is. */
  readonly token: string;
  /** The request whose answer has it: `POST /v1/files`. */
  readonly origin: string;
  /** Whether that answer was replayed: recordings older than tokens may have the id itself. */
  readonly isRecorded: boolean;
  /** Whether several objects of the session have it, and one of them was replayed: it is not known which one is meant. */
  readonly isAmbiguous?: boolean | undefined;
};

/** Where an id was made: the request, which of the answers to it, and the place in the answer. */
export type Creation = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  /** From 0. */
  readonly number: number;
  readonly place: string;
};

/** Ids of providers that are known in one session, or in one cassette. */
export type KnownIds = {
  get(id: string): KnownId | undefined;
  add(known: KnownId): void;
  all(): readonly KnownId[];
  remove(id: string): void;
  /** The view with tokens in the places of known ids, and what was replaced; the view itself if it names none. */
  replaceIn(view: MatchingView): {readonly view: MatchingView; readonly replaced: readonly KnownId[]};
};

/** Bounds the memory of a session. The ids that were used least recently are forgotten, and stay as they are in views. */
const idLimit = 10_000;

export function createKnownIds(): KnownIds {
  /** The one that was used least recently is first. */
  const ids = new Map<string, KnownId>();
  /** Ids by their last word, by which they are found in a text. */
  const byWord = new Map<string, Map<string, KnownId>>();
  const remove = (id: string) => {
    const word = lastWord(id);
    const same = byWord.get(word);
    ids.delete(id);
    same?.delete(id);
    if (same?.size === 0) byWord.delete(word);
  };
  const touch = (known: KnownId) => {
    ids.delete(known.id);
    ids.set(known.id, known);
  };
  return {
    get: id => ids.get(id),
    add(known) {
      touch(known);
      const word = lastWord(known.id);
      const same = byWord.get(word) ?? new Map<string, KnownId>();
      byWord.set(word, same.set(known.id, known));
      for (const oldest of ids.keys()) {
        if (ids.size <= idLimit) break;
        remove(oldest);
      }
    },
    all: () => [...ids.values()],
    remove,
    replaceIn(view) {
      if (ids.size === 0) return {view, replaced: []};
      const replaced = new Map<string, KnownId>();
      const rewritten = mapStrings(view, text =>
        replaceWords(text, byWord, known => replaced.set(known.id, known)),
      );
      if (replaced.size === 0 || !isJsonObject(rewritten)) return {view, replaced: []};
      for (const known of replaced.values()) touch(known);
      return {view: rewritten, replaced: [...replaced.values()]};
    },
  };
}

/** The token of an object: a digest of how it was created. Its label is for readers. */
export function tokenOf({key, view, number, place}: Creation): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([key, number, place]))
    .digest('hex');
  return `<${labelOf(view)}:${digest.slice(0, tokenDigits)}>`;
}

const tokenDigits = 24;

/** Tokens in a text. */
export const tokenPattern = /<[A-Za-z][\w-]*:[0-9a-f]{24}>/g;

/** Whether a view names an object of a provider by its token. */
export function namesToken(value: JsonValue): boolean {
  if (typeof value === 'string') return value.search(tokenPattern) >= 0;
  if (Array.isArray(value)) return value.some(namesToken);
  return isJsonObject(value) && Object.values(value).some(namesToken);
}

/** The request by which an id was created. */
export function originOf({operation, method, path}: MatchingView): string {
  return operation === 'raw' ? `${String(method)} ${String(path)}` : String(operation);
}

/** `files` of `/v1/files` and of `/v1/vector_stores/<vector_stores:3f2a…>/files`. */
function labelOf({operation, path}: MatchingView): string {
  if (operation !== 'raw') return String(operation);
  const last = String(path)
    .split('/')
    .findLast(segment => /^[A-Za-z][A-Za-z_-]*$/.test(segment));
  return last ?? 'id';
}

const words = /[\w-]+/g;

function lastWord(id: string): string {
  return id.match(words)?.at(-1) ?? '';
}

/** Replaces ids that stand in a text by themselves. Of two that would fit, the longer one is meant. */
function replaceWords(
  text: string,
  byWord: ReadonlyMap<string, ReadonlyMap<string, KnownId>>,
  onReplaced: (known: KnownId) => void,
): string {
  let result = '';
  let end = 0;
  for (const {0: word, index} of text.matchAll(words)) {
    const candidates = byWord.get(word);
    if (!candidates || index < end) continue;
    let found: {readonly known: KnownId; readonly start: number} | undefined;
    for (const known of candidates.values()) {
      if (known.token === known.id) continue;
      const start = index - known.id.lastIndexOf(word);
      const fits = start >= end && text.startsWith(known.id, start) && isAlone(text, start, known.id.length);
      if (fits && (!found || known.id.length > found.known.id.length)) found = {known, start};
    }
    if (!found) continue;
    const {known, start} = found;
    onReplaced(known);
    result += text.slice(end, start) + known.token;
    end = start + known.id.length;
  }
  return end === 0 ? text : result + text.slice(end);
}

function isAlone(text: string, start: number, length: number): boolean {
  return !/[\w-]/.test(text[start - 1] ?? '') && !/[\w-]/.test(text[start + length] ?? '');
}
