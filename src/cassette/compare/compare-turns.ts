import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import {compareMedia, isMedia} from './compare-media.js';
import type {Difference} from './difference.js';
import {firstDifference} from './value-differences.js';
import {likeness, Vocabulary} from './vocabulary.js';

/** What stands equal at the beginning and at the end is left aside, so that one new turn is one difference. */
export function compareTurns(
  askedTurns: JsonValue | undefined,
  recordedTurns: JsonValue | undefined,
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
      {sentence: `${name}: asked with one, recorded without`, weight: 3},
      ...comparePairs(changed.slice(1), original, names.slice(head + 1), recordedNames.slice(head)),
    ];
  }
  if (system === undefined && recordedSystem !== undefined) {
    const [name = ''] = recordedNames.slice(head);
    return [
      {sentence: `${name}: asked without, recorded with one`, weight: 3},
      ...comparePairs(changed, original.slice(1), names.slice(head), recordedNames.slice(head + 1)),
    ];
  }
  return comparePairs(changed, original, names.slice(head), recordedNames.slice(head));
}

function comparePairs(
  asked: readonly JsonValue[],
  recorded: readonly JsonValue[],
  names: readonly string[],
  recordedNames: readonly string[],
): readonly Difference[] {
  const differences: Difference[] = [];
  for (let index = 0; index < Math.max(asked.length, recorded.length); index++) {
    const [mine, theirs] = [asked[index], recorded[index]];
    if (theirs === undefined) differences.push({sentence: `${names[index]}: asked, not recorded`, weight: 5});
    else if (mine === undefined) {
      differences.push({sentence: `${recordedNames[index]}: recorded, not asked`, weight: 5});
    } else if (!isSameJson(mine, theirs)) {
      differences.push(...compareTurn(names[index] ?? '', mine, theirs));
    }
  }
  return differences;
}

function compareTurn(name: string, asked: JsonValue, recorded: JsonValue): readonly Difference[] {
  const [role, recordedRole] = [roleOf(asked), roleOf(recorded)];
  if (role !== recordedRole)
    return [{sentence: `${name}: role ${role}, recorded ${recordedRole}`, weight: 4}];
  const [parts, recordedParts] = [partsOf(asked), partsOf(recorded)];
  const media = compareMedia(name, parts, recordedParts);
  const said = compareSaid(name, asked, recorded);
  if (said) return [said, ...media];
  return media.length > 0 ? media : [{sentence: `${name}: ${firstDifference(asked, recorded)}`, weight: 1}];
}

/** How what was said beside images and documents differs. */
function compareSaid(name: string, asked: JsonValue, recorded: JsonValue): Difference | undefined {
  const [texts, recordedTexts] = [textsOf(asked), textsOf(recorded)];
  const differing = (sentence: string): Difference => ({
    sentence,
    get weight() {
      return 1 + 4 * (1 - likenessOf(texts.join('\n'), recordedTexts.join('\n')));
    },
  });
  if (texts.length !== recordedTexts.length) {
    return differing(`${name}: ${texts.length} parts, recorded ${recordedTexts.length}`);
  }
  const part = texts.findIndex((text, index) => text !== recordedTexts[index]);
  if (part === -1) return undefined;
  const place = texts.length > 1 ? `${name}, part ${part + 1}` : name;
  return differing(`${place}, ${compareLines(texts[part] ?? '', recordedTexts[part] ?? '')}`);
}

function compareLines(asked: string, recorded: string): string {
  const [lines, recordedLines] = [asked.split('\n'), recorded.split('\n')];
  const line = lines.findIndex((text, index) => text !== recordedLines[index]);
  if (line === -1)
    return `line ${lines.length + 1}: the recorded text goes on ${quote(recordedLines[lines.length] ?? '')}`;
  const [mine, theirs] = [lines[line] ?? '', recordedLines[line]];
  if (theirs === undefined) return `line ${line + 1}: asked ${quote(mine)}, where the recorded text ends`;
  const [shown, recordedShown] = cutToDifference(mine, theirs);
  return `line ${line + 1}: asked ${quote(shown)}, recorded ${quote(recordedShown)}`;
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

/** Long lines are shown from a few words before the place where they part. */
function cutToDifference(asked: string, recorded: string): readonly [string, string] {
  let same = 0;
  while (same < asked.length && asked[same] === recorded[same]) same++;
  const start = same > 40 ? asked.lastIndexOf(' ', same - 20) + 1 : 0;
  const lead = start > 0 ? '…' : '';
  return [lead + asked.slice(start), lead + recorded.slice(start)];
}

function quote(text: string): string {
  return JSON.stringify(shorten(text));
}
