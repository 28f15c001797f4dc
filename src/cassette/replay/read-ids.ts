import {StringDecoder} from 'node:string_decoder';
import {isJsonObject, type JsonValue, parseJson} from '../../chat/json.js';

/** An id in an answer, and its place there: another answer to the same request has the id of the same object in that place. */
export type AnsweredId = {
  readonly id: string;
  readonly place: string;
  /** Whether it is that of the object that the answer is about. */
  readonly isOwn: boolean;
  /** Whether it is one of a list. */
  readonly isListed: boolean;
};

export type IdReader = {
  push(bytes: Uint8Array): readonly AnsweredId[];
  end(): readonly AnsweredId[];
};

/** A longer answer holds a picture or a file. Its ids are not worth parsing it. */
const longestText = 64 * 1024 * 1024;

/** Reads the ids in an answer's bytes: of JSON at its end, and of a stream with each of its events. */
export function createIdReader(contentType: string): IdReader {
  const isStream = /^text\/event-stream/i.test(contentType);
  if (!isStream && !/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) return noIds;
  const decoder = new StringDecoder('utf8');
  const inAnswer = createPlaces();
  let rest = '';
  const readLines = (lines: readonly string[]) =>
    lines.flatMap(line => (line.startsWith('data:') && mayHoldId.test(line) ? idsOf(line.slice(5)) : []));
  const idsOf = (text: string) => {
    const value = jsonOf(text);
    return value === undefined ? [] : inAnswer(value);
  };
  return {
    push(bytes) {
      if (rest.length > longestText) return [];
      rest += decoder.write(bytes);
      if (!isStream) return [];
      const lines = rest.split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      return readLines(lines);
    },
    end() {
      if (rest.length > longestText) return [];
      return isStream ? readLines([rest]) : idsOf(rest);
    },
  };
}

const noIds: IdReader = {push: () => [], end: () => []};

const mayHoldId = /(?:id|name|file|uri|url)"/i;

function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // It is replayed as it is all the same.
    return undefined;
  }
}

/** Names each new id of an answer by its path. Different ids on one path, in the events of a stream, are numbered. */
function createPlaces(): (value: JsonValue) => readonly AnsweredId[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return value => {
    const found: AnsweredId[] = [];
    walk(value, '', (id, path) => {
      if (seen.has(id)) return;
      seen.add(id);
      const number = counts.get(path) ?? 0;
      counts.set(path, number + 1);
      const isListed = /\/\d+(?:\/|$)/.test(path);
      found.push({id, place: `${path}#${number}`, isOwn: ownPaths.has(path), isListed});
    });
    return found;
  };
}

/** Where the APIs put the id of the object that was created. */
const ownPaths = new Set(['/id', '/name', '/file/name', '/response/id', '/message/id']);

function walk(value: JsonValue, path: string, onId: (id: string, path: string) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}/${index}`, onId);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') {
      if (member !== undefined) walk(member, `${path}/${name}`, onId);
      continue;
    }
    const id = idOf(name, member);
    if (id !== undefined) onId(id, `${path}/${name}`);
  }
}

/** The id in a member; undefined if it has none that a provider made up. */
function idOf(name: string, text: string): string | undefined {
  if (/(?:^id|_id|Id)$/.test(name)) return !constants.test(name) && isId(text) ? text : undefined;
  // Gemini's names are paths: `files/abc`.
  if (/(?:name|file)$/i.test(name)) return resourceName.test(text) && isId(text) ? text : undefined;
  if (/(?:ur[il])$/i.test(name)) return /\bfiles\/[\w-]{2,}/.exec(text)?.[0];
  return undefined;
}

/** Ids of what exists before any request. */
const constants = /^(?:organi[sz]ation|org|project|account|user|workspace|tenant|model|voice|request)_?id$/i;

/** Pairs of a collection and a name, other than that of a model. */
const resourceName = /^(?!models\/[^/]+$)(?:[A-Za-z]+s\/[\w.-]+)(?:\/[A-Za-z]+s\/[\w.-]+)*$/;

/** Whether a text cannot be an everyday word or number that requests have for other reasons. */
function isId(text: string): boolean {
  return (
    text.length >= 6 &&
    text.length <= 512 &&
    /^[\w./:~+=-]+$/.test(text) &&
    /[a-z]/i.test(text) &&
    (/[\d_/-]/.test(text) || text.length >= 16)
  );
}
