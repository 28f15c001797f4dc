import {isJsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import type {CassetteKey} from '../key.js';
import {questionOf} from '../question.js';

/** An interaction whose key the other side does not have, with its request as it is stored. */
export type Unpaired = {readonly key: CassetteKey; readonly request: string};

export type NearestPair = {readonly before: Unpaired; readonly after: Unpaired};

/**
 * Pairs requests that are gone with new ones that ask nearly the same. Only candidates that share the question, or words of it that few
 * others have, are looked at, so that the effort grows with the number of requests and not with its square.
 */
export function pairNearest(
  removed: readonly Unpaired[],
  added: readonly Unpaired[],
): readonly NearestPair[] {
  if (removed.length === 0 || added.length === 0) return [];
  const vocabulary = new Map<string, number>();
  const old = removed.map(one => profileOf(one, vocabulary));
  const fresh = added.map(one => profileOf(one, vocabulary));
  const paired = new Pairing();
  paired.take(candidatesByQuestion(old, fresh));
  paired.take(candidatesByWords(paired.free(old), paired.free(fresh)));
  return paired.pairs();
}

/** What is looked at of a request: its question, and the words of everything that it says as sorted numbers. */
type Profile = {
  readonly source: Unpaired;
  readonly question: string;
  readonly questionWords: Uint32Array;
  readonly words: Uint32Array;
};

type Candidate = {readonly before: Profile; readonly after: Profile; readonly likeness: number};

/** Questions that have less in common are two questions. */
const leastLikeness = 0.5;
/** So many candidates are compared with each new request. */
const candidateLimit = 8;
/** A word that more requests have tells nothing of any of them. */
const commonWord = 64;

/** The most alike are paired first, and each request once. */
class Pairing {
  readonly #partners = new Map<Profile, Profile>();
  readonly #taken = new Set<Profile>();

  take(candidates: readonly Candidate[]): void {
    for (const {before, after} of [...candidates].sort(compareCandidates)) {
      if (this.#taken.has(before) || this.#taken.has(after)) continue;
      this.#partners.set(before, after);
      this.#taken.add(before).add(after);
    }
  }

  free(profiles: readonly Profile[]): readonly Profile[] {
    return profiles.filter(profile => !this.#taken.has(profile));
  }

  pairs(): readonly NearestPair[] {
    return [...this.#partners].map(([before, after]) => ({before: before.source, after: after.source}));
  }
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    b.likeness - a.likeness ||
    compareText(a.before.source.key, b.before.source.key) ||
    compareText(a.after.source.key, b.after.source.key)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function candidatesByQuestion(old: readonly Profile[], fresh: readonly Profile[]): readonly Candidate[] {
  const byQuestion = new Map<string, Profile[]>();
  for (const profile of old) {
    const known = byQuestion.get(profile.question);
    if (known) known.push(profile);
    else byQuestion.set(profile.question, [profile]);
  }
  const asked = new Map<string, number>();
  return fresh.flatMap(after => {
    const candidates = byQuestion.get(after.question) ?? [];
    // Where very many ask the same, each looks at a stretch of its own.
    const turn = asked.get(after.question) ?? 0;
    asked.set(after.question, turn + 1);
    const start = Math.max(0, Math.min(turn - candidateLimit / 2, candidates.length - candidateLimit));
    return candidates
      .slice(start, start + candidateLimit)
      .map(before => ({before, after, likeness: likeness(before.words, after.words)}));
  });
}

function candidatesByWords(old: readonly Profile[], fresh: readonly Profile[]): readonly Candidate[] {
  const byWord = new Map<number, Profile[]>();
  for (const profile of old) {
    for (const word of profile.questionWords) {
      const known = byWord.get(word);
      if (known) known.push(profile);
      else byWord.set(word, [profile]);
    }
  }
  return fresh.flatMap(after => {
    const shared = new Map<Profile, number>();
    for (const word of after.questionWords) {
      const owners = byWord.get(word) ?? [];
      if (owners.length > commonWord && old.length > commonWord) continue;
      for (const before of owners) shared.set(before, (shared.get(before) ?? 0) + 1 / owners.length);
    }
    return [...shared]
      .sort(([, a], [, b]) => b - a)
      .slice(0, candidateLimit)
      .map(([before]) => ({
        before,
        after,
        questions: likeness(before.questionWords, after.questionWords),
      }))
      .filter(({questions}) => questions >= leastLikeness)
      .map(({before, questions}) => ({
        before,
        after,
        likeness: questions + likeness(before.words, after.words),
      }));
  });
}

/** Share of words in common (Sørensen–Dice), of two sorted lists. */
function likeness(a: Uint32Array, b: Uint32Array): number {
  if (a.length + b.length === 0) return 1;
  let [common, mine, theirs] = [0, 0, 0];
  while (mine < a.length && theirs < b.length) {
    const [word = 0, other = 0] = [a[mine], b[theirs]];
    if (word === other) common++;
    if (word <= other) mine++;
    if (other <= word) theirs++;
  }
  return (2 * common) / (a.length + b.length);
}

function profileOf(source: Unpaired, vocabulary: Map<string, number>): Profile {
  const view = parseJson(source.request, {maxDepth: 1000});
  const said = stringsOf(view).join('\n');
  const asked = isJsonObject(view) ? questionOf(view, Infinity) : '';
  const question = asked === '' ? said : asked;
  return {
    source,
    question,
    questionWords: wordsOf(question, vocabulary),
    words: wordsOf(said, vocabulary),
  };
}

/** So much of a text is enough to tell it from others. */
const readLength = 8000;

function wordsOf(text: string, vocabulary: Map<string, number>): Uint32Array {
  const words =
    text
      .slice(0, readLength)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const numbers = words.map(word => {
    const known = vocabulary.get(word) ?? vocabulary.size;
    vocabulary.set(word, known);
    return known;
  });
  return Uint32Array.from(new Set(numbers)).sort();
}

function stringsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([name, member]) =>
      stringsOf(member).map(text => (isBoilerplate(name) ? '' : text)),
    );
  return [];
}

/** Members whose words stand in every request. */
function isBoilerplate(name: string): boolean {
  return name === 'type' || name === 'role' || name === 'operation';
}
