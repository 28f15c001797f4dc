import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import {compareMediaParts, isMedia} from './compare-media-parts.js';
import type {Difference} from './difference.js';
import {firstDifference} from './value-differences.js';
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
  const said = compareSaid(name, asked, recorded, wording);
  if (said) return [said, ...media];
  if (media.length > 0) return media;
  return [{sentence: `${name}: ${firstDifference(asked, recorded, wording)}`, weight: 1}];
}

/** The difference between the texts of two turns, images and documents aside. */
function compareSaid(
  name: string,
  asked: JsonValue,
  recorded: JsonValue,
  wording: Wording,
): Difference | undefined {
  const [texts, recordedTexts] = [textsOf(asked), textsOf(recorded)];
  const differing = (sentence: string): Difference => ({
    sentence,
    get weight() {
      return 1 + 4 * (1 - likenessOf(texts.join('\n'), recordedTexts.join('\n')));
    },
  });
  if (texts.length !== recordedTexts.length) {
    return differing(`${name}: ${texts.length} parts, ${wording.theirs} ${recordedTexts.length}`);
  }
  const part = texts.findIndex((text, index) => text !== recordedTexts[index]);
  if (part === -1) return undefined;
  const place = texts.length > 1 ? `${name}, part ${part + 1}` : name;
  return differing(`${place}, ${compareLines(texts[part] ?? '', recordedTexts[part] ?? '', wording)}`);
}

function compareLines(asked: string, recorded: string, {mine: here, theirs: there}: Wording): string {
  const [lines, recordedLines] = [asked.split('\n'), recorded.split('\n')];
  const changed = lines.findIndex((text, index) => text !== recordedLines[index]);
  const line = changed === -1 ? lines.length : changed;
  const [mine, theirs] = [lines[line], recordedLines[line]];
  const isPair = mine !== undefined && theirs !== undefined;
  const [shown, recordedShown] = isPair ? cutToDifference(mine, theirs) : [mine, theirs];
  return `line ${line + 1}: ${here} ${quote(shown)}, ${there} ${quote(recordedShown)}`;
}

/** A short-lived vocabulary: one that remembered every text of a large cassette would hold all of it. */
function likenessOf(a: string, b: string): number {
  const vocabulary = new Vocabulary(comparedLength);
  return likeness(vocabulary.wordsOf([a]), vocabulary.wordsOf([b]));
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

function textsOf(turn: JsonValue): readonly string[] {
  return partsOf(turn)
    .filter(part => !isMedia(part))
    .map(part =>
      isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : canonicalJson(part),
    );
}

function partsOf(turn: JsonValue): readonly JsonValue[] {
  return isJsonObject(turn) ? listOf(turn['parts']) : [];
}

/** Long lines are shown from a few words before their first difference. */
function cutToDifference(asked: string, recorded: string): readonly [string, string] {
  let same = 0;
  while (same < asked.length && asked[same] === recorded[same]) same++;
  const start = same > 40 ? asked.lastIndexOf(' ', same - 20) + 1 : 0;
  const lead = start > 0 ? '…' : '';
  return [lead + asked.slice(start), lead + recorded.slice(start)];
}

function quote(text: string | undefined): string {
  return text === undefined ? 'nothing' : JSON.stringify(shorten(text));
}
