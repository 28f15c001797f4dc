import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {CassetteKey, MatchingView} from '../key/key.js';
import {questionOf} from '../key/question.js';
import {isContinuation} from './is-continuation.js';
import {likeness, Vocabulary, type Words} from './vocabulary.js';

/** A request to be paired. The view may be read anew each time: it is not stored for requests that find no partner. */
export type PairedRequest = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  /** Whether it is an old request whose recording is still there, so that it may still be asked. */
  readonly isKept?: true | undefined;
};

export type NearestPair<Old extends PairedRequest, New extends PairedRequest> = {
  readonly before: Old;
  readonly after: New;
};

/**
 * Pairs old requests with new ones that ask nearly the same. Only candidates that share the question, or words of it that few others have,
 * are looked at, so that the effort grows with the number of requests and not with its square. An old request that is kept is no partner
 * of a later step of the same conversation.
 */
export function pairNearest<Old extends PairedRequest, New extends PairedRequest>(
  before: Iterable<Old>,
  after: readonly New[],
): readonly NearestPair<Old, New>[] {
  if (after.length === 0) return [];
  const vocabulary = new Vocabulary();
  const old = Array.from(before, request => new Profile(request, vocabulary));
  const fresh = after.map(request => new Profile(request, vocabulary));
  const paired = new Pairing();
  paired.take(candidatesByQuestion(old, fresh));
  paired.take(candidatesByWords(paired.free(old), paired.free(fresh)));
  return paired.pairs() as readonly NearestPair<Old, New>[];
}

/** What is looked at of a request: its question, and the words of everything that it says. Words are counted when they are needed. */
class Profile {
  readonly side: PairedRequest;
  readonly question: string;
  readonly operation: JsonValue | undefined;
  readonly #vocabulary: Vocabulary;
  #questionWords: Words | undefined;
  #words: Words | undefined;

  constructor(side: PairedRequest, vocabulary: Vocabulary) {
    const {view} = side;
    this.side = side;
    this.operation = view['operation'];
    this.question = questionOf(view, Infinity) || stringsOf(view).join('\n');
    this.#vocabulary = vocabulary;
  }

  get questionWords(): Words {
    this.#questionWords ??= this.#vocabulary.wordsOf(this.question);
    return this.#questionWords;
  }

  get words(): Words {
    this.#words ??= this.#vocabulary.wordsOfAll(stringsOf(this.side.view));
    return this.#words;
  }
}

type Candidate = {readonly before: Profile; readonly after: Profile; readonly likeness: number};

/** Questions that have less in common are two questions. */
const leastLikeness = 0.5;
/** Whether one can have taken the place of the other. */
function canReplace(before: Profile, after: Profile): boolean {
  if (before.operation !== after.operation) return false;
  return !before.side.isKept || !isContinuation(before.side.view, after.side.view);
}

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

  pairs(): readonly NearestPair<PairedRequest, PairedRequest>[] {
    return [...this.#partners].map(([before, after]) => ({before: before.side, after: after.side}));
  }
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    b.likeness - a.likeness ||
    Number(a.before.side.isKept ?? false) - Number(b.before.side.isKept ?? false) ||
    compareText(a.before.side.key, b.before.side.key) ||
    compareText(a.after.side.key, b.after.side.key)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function candidatesByQuestion(old: readonly Profile[], fresh: readonly Profile[]): readonly Candidate[] {
  const befores = groupBy(old, ({question}) => question);
  const afters = groupBy(fresh, ({question}) => question);
  return [...afters].flatMap(([question, askers]) => {
    const candidates = befores.get(question) ?? [];
    const [before, after] = [candidates[0], askers[0]];
    if (!before || !after) return [];
    // Where one asks it on either side there is nothing to choose.
    if (candidates.length === 1 && askers.length === 1) {
      return canReplace(before, after) ? [{before, after, likeness: 1}] : [];
    }
    return askers.flatMap((asker, turn) =>
      // Where very many ask the same, each looks at a stretch of its own.
      stretchAround(turn, candidates)
        .filter(other => canReplace(other, asker))
        .map(other => ({before: other, after: asker, likeness: likeness(other.words, asker.words)}))
        .filter(({before: {side}, likeness: found}) => !side.isKept || found >= leastLikeness),
    );
  });
}

function stretchAround(turn: number, candidates: readonly Profile[]): readonly Profile[] {
  const start = Math.max(0, Math.min(turn - candidateLimit / 2, candidates.length - candidateLimit));
  return candidates.slice(start, start + candidateLimit);
}

function candidatesByWords(old: readonly Profile[], fresh: readonly Profile[]): readonly Candidate[] {
  const byWord = new Map<number, Profile[]>();
  for (const profile of old) for (const word of profile.questionWords) append(byWord, word, profile);
  const alike = fresh.flatMap(after =>
    sharingRareWords(after, byWord, old.length).flatMap(before => {
      const questions = likeness(before.questionWords, after.questionWords);
      const fits = questions >= leastLikeness && canReplace(before, after);
      return fits ? [{before, after, likeness: questions}] : [];
    }),
  );
  const rivals = new Map<Profile, number>();
  for (const {before, after} of alike) {
    for (const one of [before, after]) rivals.set(one, (rivals.get(one) ?? 0) + 1);
  }
  // What else is asked decides between rivals only.
  return alike.map(candidate => {
    const {before, after} = candidate;
    if (rivals.get(before) === 1 && rivals.get(after) === 1) return candidate;
    return {...candidate, likeness: candidate.likeness + likeness(before.words, after.words)};
  });
}

function sharingRareWords(
  after: Profile,
  byWord: ReadonlyMap<number, readonly Profile[]>,
  count: number,
): readonly Profile[] {
  const shared = new Map<Profile, number>();
  for (const word of after.questionWords) {
    const owners = byWord.get(word) ?? [];
    if (owners.length > commonWord && count > commonWord) continue;
    for (const before of owners) shared.set(before, (shared.get(before) ?? 0) + 1 / owners.length);
  }
  return [...shared]
    .sort(([, a], [, b]) => b - a)
    .slice(0, candidateLimit)
    .map(([before]) => before);
}

function groupBy<Item>(items: readonly Item[], name: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) append(groups, name(item), item);
  return groups;
}

function append<Name, Item>(groups: Map<Name, Item[]>, name: Name, item: Item): void {
  const group = groups.get(name);
  if (group) group.push(item);
  else groups.set(name, [item]);
}

function stringsOf(view: JsonObject): readonly string[] {
  const strings: string[] = [];
  gatherStrings(view, strings);
  return strings;
}

function gatherStrings(value: JsonValue, strings: string[]): void {
  if (typeof value === 'string') strings.push(value);
  else if (Array.isArray(value)) for (const item of value) gatherStrings(item, strings);
  else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (!isBoilerplate(name)) gatherStrings(member, strings);
    }
  }
}

/** Members whose words stand in every request. */
function isBoilerplate(name: string): boolean {
  return name === 'type' || name === 'role' || name === 'operation';
}
