import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {isSameJson} from '../key/key.js';
import {compareMediaParts, isMedia} from './compare-media-parts.js';
import {comparePart, partText} from './compare-parts.js';
import type {Difference} from './difference.js';
import {describePair, pointerDifferences} from './value-differences.js';
import {likeness, Vocabulary} from './vocabulary.js';
import type {Wording} from './wording.js';

/** Turns that are equal at the beginning and at the end are left out, so that one new turn is one difference. */
export function compareTurns(
  askedTurns: JsonValue | undefined,
  recordedTurns: JsonValue | undefined,
  wording: Wording,
): readonly Difference[] {
  const [asked, recorded] = [listOf(askedTurns), listOf(recordedTurns)];
  const shorter = Math.min(asked.length, recorded.length);
  let head = 0;
  while (head < shorter && isSameJson(asked[head], recorded[head])) head++;
  let tail = 0;
  while (tail < shorter - head && isSameJson(asked.at(-1 - tail), recorded.at(-1 - tail))) tail++;

  const names = turnNames(asked);
  const recordedNames = turnNames(recorded);
  const changed = asked.slice(head, asked.length - tail);
  const original = recorded.slice(head, recorded.length - tail);
  const [system, recordedSystem] = [changed[0], original[0]].map(turn =>
    roleOf(turn) === 'system' ? turn : undefined,
  );
  if (system !== undefined && recordedSystem === undefined) {
    const [name = ''] = names.slice(head);
    return [
      {sentence: `${name}: ${wording.onlyMine}`, weight: 3},
      ...comparePairs(
        {turns: changed.slice(1), names: names.slice(head + 1)},
        {turns: original, names: recordedNames.slice(head)},
        wording,
      ),
    ];
  }
  if (system === undefined && recordedSystem !== undefined) {
    const [name = ''] = recordedNames.slice(head);
    return [
      {sentence: `${name}: ${wording.onlyTheirs}`, weight: 3},
      ...comparePairs(
        {turns: changed, names: names.slice(head)},
        {turns: original.slice(1), names: recordedNames.slice(head + 1)},
        wording,
      ),
    ];
  }
  return comparePairs(
    {turns: changed, names: names.slice(head)},
    {turns: original, names: recordedNames.slice(head)},
    wording,
  );
}

type NamedTurns = {readonly turns: readonly JsonValue[]; readonly names: readonly string[]};

function comparePairs(asked: NamedTurns, recorded: NamedTurns, wording: Wording): readonly Difference[] {
  const differences: Difference[] = [];
  for (let index = 0; index < Math.max(asked.turns.length, recorded.turns.length); index++) {
    const [mine, theirs] = [asked.turns[index], recorded.turns[index]];
    const name = (mine === undefined ? recorded : asked).names[index] ?? '';
    if (theirs === undefined) differences.push({sentence: `${name}: ${wording.onlyMine}`, weight: 5});
    else if (mine === undefined) differences.push({sentence: `${name}: ${wording.onlyTheirs}`, weight: 5});
    else if (!isSameJson(mine, theirs)) differences.push(...compareTurn(name, mine, theirs, wording));
  }
  return differences;
}

function compareTurn(
  name: string,
  asked: JsonValue,
  recorded: JsonValue,
  wording: Wording,
): readonly Difference[] {
  const [role, recordedRole] = [roleOf(asked), roleOf(recorded)];
  if (role !== recordedRole)
    return [{sentence: `${name}: role ${role}, ${wording.theirs} ${recordedRole}`, weight: 4}];
  const [parts, recordedParts] = [partsOf(asked), partsOf(recorded)];
  const media = compareMediaParts(name, parts, recordedParts, wording);
  const found = [
    ...compareSaid(name, withoutMedia(parts), withoutMedia(recordedParts), wording),
    ...media,
    ...compareRest(name, asked, recorded, wording),
  ];
  if (found.length > 0) return found;
  // The same parts in another order.
  const sentence = () => `${name}: ${describePair(kindsOf(parts), kindsOf(recordedParts), wording)}`;
  return [differenceOf(sentence, () => 1)];
}

/** The differences between what two turns say, images and documents aside. */
function compareSaid(
  name: string,
  parts: readonly JsonValue[],
  recorded: readonly JsonValue[],
  wording: Wording,
): readonly Difference[] {
  const distance = () => 1 + 4 * (1 - likenessOf(textOf(parts), textOf(recorded)));
  if (parts.length !== recorded.length) {
    const sentence = `${name}: ${parts.length} parts, ${wording.theirs} ${recorded.length}`;
    return [differenceOf(() => sentence, distance)];
  }
  return parts.flatMap((part, index) => {
    const other = recorded[index] ?? null;
    if (isSameJson(part, other)) return [];
    const place = parts.length > 1 ? `${name}, part ${index + 1}, ` : `${name}, `;
    return isText(part) && isText(other)
      ? [differenceOf(() => place + comparePart(part, other, wording).join('; '), distance)]
      : comparePart(part, other, wording).map((sentence, position) =>
          differenceOf(() => place + sentence, position === 0 ? distance : () => 0.1),
        );
  });
}

/** What else a turn has: the name of who speaks. */
function compareRest(
  name: string,
  asked: JsonValue,
  recorded: JsonValue,
  wording: Wording,
): readonly Difference[] {
  const [mine, theirs] = [asked, recorded].map(turn => {
    if (!isJsonObject(turn)) return {value: turn};
    const {parts: _parts, ...rest} = turn;
    return rest;
  });
  return pointerDifferences(mine, theirs, wording).map(sentence =>
    differenceOf(
      () => `${name}: ${sentence}`,
      () => 1,
    ),
  );
}

/** Many recordings are compared with a request to find the nearest, and only its sentences are read. */
function differenceOf(sentence: () => string, weight: () => number): Difference {
  return {
    get sentence() {
      return sentence();
    },
    get weight() {
      return weight();
    },
  };
}

function isText(part: JsonValue): boolean {
  return isJsonObject(part) && part['type'] === 'text';
}

function withoutMedia(parts: readonly JsonValue[]): readonly JsonValue[] {
  return parts.filter(part => !isMedia(part));
}

function textOf(parts: readonly JsonValue[]): string {
  return parts.map(partText).join('\n');
}

function kindsOf(parts: readonly JsonValue[]): readonly JsonValue[] {
  return parts.map(part => (isJsonObject(part) ? (part['type'] ?? null) : null));
}

/** A short-lived vocabulary: one that remembered every text of a large cassette would hold all of it. */
function likenessOf(a: string, b: string): number {
  const vocabulary = new Vocabulary(comparedLength);
  return likeness(vocabulary.wordsOf(a), vocabulary.wordsOf(b));
}

/** Characters of a turn that are enough to rank candidates. */
const comparedLength = 4000;

function turnNames(turns: readonly JsonValue[]): readonly string[] {
  let count = 0;
  return turns.map(turn => {
    const role = roleOf(turn);
    if (role === 'system' && count === 0) return 'system prompt';
    return `turn ${++count} (${role})`;
  });
}

function roleOf(turn: JsonValue | undefined): string {
  return isJsonObject(turn) && typeof turn['role'] === 'string' ? turn['role'] : '';
}

function partsOf(turn: JsonValue): readonly JsonValue[] {
  return isJsonObject(turn) ? listOf(turn['parts']) : [];
}
