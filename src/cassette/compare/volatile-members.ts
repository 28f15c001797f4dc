import {
  formatJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  parseJson,
  stringifyJson,
} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';
import {createKnownIds} from '../key/known-ids.js';

/**
 * A provider's answer as text, with placeholders for what the provider makes up anew for each answer: ids, times, fingerprints. Equal ids get
 * equal placeholders, and different ones different placeholders. Two answers that differ only in such members have the same text.
 */
export function withoutVolatileMembers(text: string): string {
  const {before, values, write} = readDocuments(text);
  if (values.length === 0) return text;
  const ids = new Map<string, string>();
  for (const value of values) collectIds(value, ids, {isTop: true});
  return before + write(replaceMentions(values, ids).map(value => replace(value, ids, {isTop: true})));
}

type Documents = {
  /** What comes before the first document: the status line and the headers of a recorded error. */
  readonly before: string;
  readonly values: readonly JsonValue[];
  write(values: readonly JsonValue[]): string;
};

/** The JSON in a text: all of it, its lines, the data of its events, or what follows the head of a recorded error. */
function readDocuments(text: string): Documents {
  const whole = readJson(text);
  if (whole) return {before: '', values: [whole], write: ([value = null]) => formatJson(value)};
  const lines = text.split('\n').map(line => {
    const [, prefix = '', json = ''] = /^(data: ?)?([\s\S]*)$/.exec(line) ?? [];
    return {line, prefix, value: readJson(json)};
  });
  const isStream = lines.some(({prefix, value}) => prefix !== '' && value !== undefined);
  const isList = lines.every(({line, value}) => value !== undefined || line.trim() === '');
  if (isStream || isList) {
    const values = lines.flatMap(({value}) => value ?? []);
    return {
      ...{before: '', values},
      write(replaced) {
        const rest = replaced.values();
        return lines
          .map(({line, prefix, value}) =>
            value === undefined ? line : prefix + stringifyJson(rest.next().value ?? null),
          )
          .join('\n');
      },
    };
  }
  for (const {index} of text.matchAll(/\n\n(?=[[{])/g)) {
    const value = readJson(text.slice(index));
    if (!value) continue;
    const before = `${withoutLimits(text.slice(0, index))}\n\n`;
    return {before, values: [value], write: ([written = null]) => formatJson(written)};
  }
  return {before: '', values: [], write: () => text};
}

function readJson(text: string): JsonObject | readonly JsonValue[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = parseJson(text);
    return isJsonObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    // Plain text is compared as it is.
    return undefined;
  }
}

/** A head without how much is left of a rate limit. */
function withoutLimits(head: string): string {
  return head.replaceAll(/^([\w-]*ratelimit[\w-]*(?:remaining|reset)[\w-]*): .*$/gim, '$1: (not compared)');
}

type Place = {
  /** Whether the members are those of the answer itself, and not of something in it. */
  readonly isTop: boolean;
};

/** Members of events and of batches' results that hold an answer. */
const wrappers = /^(?:response|message|interaction|item|file|body|result)$/;

/** What the model or the user wrote: their ids and times are content. */
const content = /^(?:args|arguments|input|metadata|parameters|properties|attributes|labels|schema)$/;

/** Members of which the values are opaque, and other ones in each answer. */
const opaque =
  /^(?:system_?fingerprint|obfuscation|etag|thought_?signature|signature|encrypted_content|next_?page_?token)$/i;

/** How long it took to answer, as some servers add it to the token usage. */
const durations = /^(?:queue|prompt|completion|total)_time$/;

/** Moments, however they are written. */
const moments = /^(?:created|updated)$|(?:_at|At)$/;

/** Moments, or seconds from the start of a recording. */
const times = /^timestamp$|(?:Time|_timestamp)$/;

const isDate = /^\d{4}-\d\d-\d\dT/;

/** A Unix time in seconds of this century. */
const firstMoment = 1e9;

/** Ids that are not made for an answer: the client's, and those of what exists before it. */
const lasting = /^(?:custom|organi[sz]ation|org|project|account|user|workspace|tenant|model|voice)_?id$/i;

/** Gemini's names are paths: `files/abc`. That of a model says which one it is. */
const resourceName = /^(?!models\/[^/]+$)[A-Za-z]+s\/[\w.-]+(?:\/[A-Za-z]+s\/[\w.-]+)*$/;

/** An id that no person would choose: a UUID, or a word and then digits and letters. */
const madeUp =
  /^(?:[a-z]+[-_])*(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[\dA-Za-z]{8,})$/;

function isIdMember(owner: JsonObject, name: string, value: string, {isTop}: Place): boolean {
  if (value === '' || /\s/.test(value)) return false;
  if (name === 'name') return resourceName.test(value);
  if (name === 'id') {
    const {object, type} = owner;
    if (object === 'model' || type === 'model') return false;
    return isTop || typeof (object ?? type) === 'string' || madeUp.test(value);
  }
  return /(?:_id|Id)$/.test(name) && !lasting.test(name) && /[A-Za-z]/.test(value);
}

/** Numbers the ids. Members are visited by name, so that their order in the text does not matter. */
function collectIds(value: JsonValue, ids: Map<string, string>, place: Place): void {
  const add = (id: string) => {
    if (!ids.has(id)) ids.set(id, `(id ${ids.size + 1}, not compared)`);
  };
  if (Array.isArray(value)) {
    for (const item of value) collectIds(item, ids, {isTop: false});
    return;
  }
  if (!isJsonObject(value)) return;
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined || content.test(name)) continue;
    if (typeof member === 'string') {
      if (isIdMember(value, name, member, place)) add(member);
    } else if (isIdList(name, member)) {
      for (const id of member) add(id);
    } else collectIds(member, ids, {isTop: place.isTop && wrappers.test(name)});
  }
}

function isIdList(name: string, member: JsonValue): member is readonly string[] {
  return (
    /_ids$/.test(name) &&
    Array.isArray(member) &&
    member.every(item => typeof item === 'string' && item !== '')
  );
}

function replace(value: JsonValue, ids: ReadonlyMap<string, string>, place: Place): JsonValue {
  if (Array.isArray(value)) return value.map(item => replace(item, ids, {isTop: false}));
  if (!isJsonObject(value)) return value;
  return objectOf(
    Object.entries(value).map(([name, member]) => [name, replaceMember(value, name, member, ids, place)]),
  );
}

function replaceMember(
  owner: JsonObject,
  name: string,
  member: JsonValue,
  ids: ReadonlyMap<string, string>,
  place: Place,
): JsonValue {
  if (content.test(name)) return member;
  if (typeof member === 'string' && isIdMember(owner, name, member, place)) return ids.get(member) ?? member;
  if (isIdList(name, member)) return member.map(id => ids.get(id) ?? id);
  if (opaque.test(name) && typeof member === 'string') return '(not compared)';
  if (durations.test(name) && typeof member === 'number') return '(duration, not compared)';
  // Whether a time is a number or a text is a matter of the answer's form.
  if (typeof member === 'number' && isMoment(name, member)) return '(Unix time, not compared)';
  if (typeof member === 'string' && isDate.test(member) && isMoment(name, Date.parse(member) / 1000)) {
    return '(time, not compared)';
  }
  return replace(member, ids, {isTop: place.isTop && wrappers.test(name)});
}

function isMoment(name: string, seconds: number): boolean {
  return Number.isFinite(seconds) && (moments.test(name) || (times.test(name) && seconds >= firstMoment));
}

/** Shorter ids could be a part of anything. */
const shortestMention = 8;

/** Replaces ids also inside of other texts, such as the path of a URL. */
function replaceMentions(
  values: readonly JsonValue[],
  ids: ReadonlyMap<string, string>,
): readonly JsonValue[] {
  const known = createKnownIds();
  for (const [id, token] of ids) {
    if (id.length >= shortestMention) known.add({id, token, origin: '', isRecorded: true});
  }
  return listOf(known.replaceIn({values}).view['values']);
}
