import {isJsonObject, type JsonObject, type JsonValue} from '../chat/json.js';
import type {MatchingView} from './cassette.js';
import {canonicalJson, canonicalView} from './key.js';

/** One component in which two requests differ, for the reader, and how much it sets them apart. */
export type Difference = {readonly sentence: string; readonly weight: number};

/** Names every component in which the asked request differs from a recorded one, and nothing else. */
export function compareViews(asked: MatchingView, recorded: MatchingView): readonly Difference[] {
  if (canonicalView(asked) === canonicalView(recorded)) return [];
  const {turns: askedTurns, output: askedOutput, ...askedRest} = asked;
  const {turns: recordedTurns, output: recordedOutput, ...recordedRest} = recorded;
  return [
    ...compareTurns(listOf(askedTurns), listOf(recordedTurns)),
    ...compareOutputs(askedOutput, recordedOutput),
    ...compareSettings(askedRest, recordedRest),
  ];
}

/** What equal turns stand at the beginning and at the end is left aside, so that one new turn is one difference. */
function compareTurns(asked: readonly JsonValue[], recorded: readonly JsonValue[]): readonly Difference[] {
  const askedTexts = asked.map(canonicalJson);
  const recordedTexts = recorded.map(canonicalJson);
  const shorter = Math.min(asked.length, recorded.length);
  let head = 0;
  while (head < shorter && askedTexts[head] === recordedTexts[head]) head++;
  let tail = 0;
  while (tail < shorter - head && askedTexts.at(-1 - tail) === recordedTexts.at(-1 - tail)) tail++;

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
    } else if (canonicalJson(mine) !== canonicalJson(theirs)) {
      differences.push(compareTurn(names[index] ?? '', mine, theirs));
    }
  }
  return differences;
}

function compareTurn(name: string, asked: JsonValue, recorded: JsonValue): Difference {
  const [role, recordedRole] = [roleOf(asked), roleOf(recorded)];
  if (role !== recordedRole) return {sentence: `${name}: role ${role}, recorded ${recordedRole}`, weight: 4};
  const [texts, recordedTexts] = [textsOf(asked), textsOf(recorded)];
  const weight = 1 + 4 * (1 - similarity(texts.join('\n'), recordedTexts.join('\n')));
  if (texts.length !== recordedTexts.length) {
    return {sentence: `${name}: ${texts.length} parts, recorded ${recordedTexts.length}`, weight};
  }
  const part = texts.findIndex((text, index) => text !== recordedTexts[index]);
  if (part === -1) return {sentence: `${name}: ${firstDifference(asked, recorded)}`, weight};
  const place = texts.length > 1 ? `${name}, part ${part + 1}` : name;
  return {sentence: `${place}, ${compareLines(texts[part] ?? '', recordedTexts[part] ?? '')}`, weight};
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

function compareOutputs(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
): readonly Difference[] {
  const [mine, theirs] = [objectOf(asked), objectOf(recorded)];
  if (mine['type'] !== theirs['type']) {
    return [
      {sentence: `output format: ${nameOf(mine['type'])}, recorded ${nameOf(theirs['type'])}`, weight: 2},
    ];
  }
  const {schema, ...rest} = mine;
  const {schema: recordedSchema, ...recordedRest} = theirs;
  const others =
    canonicalJson(rest) === canonicalJson(recordedRest) ? [] : [firstDifference(rest, recordedRest)];
  return [
    ...others.map(sentence => ({sentence: `output format: ${sentence}`, weight: 1})),
    ...pointerDifferences(schema, recordedSchema).map(sentence => ({
      sentence: `output schema: ${sentence}`,
      weight: 1,
    })),
  ];
}

/** Settings have flat names for the reader: `temperature`, not `sampling.temperature`. */
function compareSettings(asked: JsonObject, recorded: JsonObject): readonly Difference[] {
  const [mine, theirs] = [flattenSettings(asked), flattenSettings(recorded)];
  return [...new Set([...mine.keys(), ...theirs.keys()])].sort().flatMap(name => {
    const [value, recordedValue] = [mine.get(name), theirs.get(name)];
    if (
      value !== undefined &&
      recordedValue !== undefined &&
      canonicalJson(value) === canonicalJson(recordedValue)
    ) {
      return [];
    }
    return [{sentence: `${name}: asked ${show(value)}, recorded ${show(recordedValue)}`, weight: 1}];
  });
}

function flattenSettings(settings: JsonObject): Map<string, JsonValue> {
  const flat = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'sampling' && isJsonObject(value)) {
      for (const [inner, member] of Object.entries(value)) flat.set(inner, member);
    } else if (isJsonObject(value)) {
      for (const [inner, member] of Object.entries(value)) flat.set(`${name}.${inner}`, member);
    } else flat.set(name, value);
  }
  return flat;
}

function firstDifference(asked: JsonValue, recorded: JsonValue): string {
  return pointerDifferences(asked, recorded)[0] ?? 'the order of properties';
}

/** Every place where two values differ, as JSON pointers with both values. */
function pointerDifferences(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  pointer = '',
): readonly string[] {
  if (asked === undefined && recorded === undefined) return [];
  if (isJsonObject(asked) && isJsonObject(recorded)) {
    const names = [...new Set([...Object.keys(asked), ...Object.keys(recorded)])];
    const inner = names.flatMap(name =>
      pointerDifferences(
        asked[name],
        recorded[name],
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
    const reordered =
      pointer.endsWith('/properties') && Object.keys(asked).join('\n') !== Object.keys(recorded).join('\n');
    return inner.length === 0 && reordered ? [`${pointer}: the order of properties`] : inner;
  }
  if (Array.isArray(asked) && Array.isArray(recorded) && asked.length === recorded.length) {
    return asked.flatMap((item, index) => pointerDifferences(item, recorded[index], `${pointer}/${index}`));
  }
  if (asked !== undefined && recorded !== undefined && canonicalJson(asked) === canonicalJson(recorded))
    return [];
  return [`${pointer || '/'}: asked ${show(asked)}, recorded ${show(recorded)}`];
}

/** Share of words in common (Sørensen–Dice): enough to rank candidates. */
export function similarity(a: string, b: string): number {
  const [words, others] = [wordsOf(a), wordsOf(b)];
  if (words.size + others.size === 0) return 1;
  let common = 0;
  for (const word of words) if (others.has(word)) common++;
  return (2 * common) / (words.size + others.size);
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .slice(0, 4000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}

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
  const parts = isJsonObject(turn) ? listOf(turn['parts']) : [];
  return parts.map(part =>
    isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : canonicalJson(part),
  );
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function nameOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'text';
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? 'none' : shorten(canonicalJson(value));
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

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
