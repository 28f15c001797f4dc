import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {canonicalJson, canonicalView, isSameJson, type MatchingView} from '../key/key.js';
import {compareTools} from './compare-tools.js';
import {compareTurns} from './compare-turns.js';
import type {Difference} from './difference.js';
import {describePair, pointerDifferences} from './value-differences.js';
import type {Wording} from './wording.js';

/** Every component in which a request differs from a recorded one. */
export function compareViews(
  asked: MatchingView,
  recorded: MatchingView,
  wording: Wording,
): readonly Difference[] {
  const {turns, settings} = compareParts(asked, recorded, wording);
  const differences = [...turns, ...settings];
  if (differences.length > 0 || canonicalView(asked) === canonicalView(recorded)) return differences;
  return pointerDifferences(asked, recorded, wording).map(sentence => ({sentence, weight: 1}));
}

/** The same, with what is said and how it is asked apart. */
export function compareParts(
  asked: MatchingView,
  recorded: MatchingView,
  wording: Wording,
): {readonly turns: readonly Difference[]; readonly settings: readonly Difference[]} {
  const {turns: askedTurns, output: askedOutput, tools: askedTools, ...askedRest} = asked;
  const {turns: recordedTurns, output: recordedOutput, tools: recordedTools, ...recordedRest} = recorded;
  return {
    turns: compareTurns(askedTurns, recordedTurns, wording),
    settings: [
      ...compareTools(askedTools, recordedTools, wording),
      ...compareOutputs(askedOutput, recordedOutput, wording),
      ...compareSettings(askedRest, recordedRest, wording),
    ],
  };
}

function compareOutputs(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  wording: Wording,
): readonly Difference[] {
  const [mine, theirs] = [objectOf(asked), objectOf(recorded)];
  if (mine['type'] !== theirs['type']) {
    return [
      {
        sentence: `output format: ${nameOf(mine['type'])}, ${wording.theirs} ${nameOf(theirs['type'])}`,
        weight: 2,
      },
    ];
  }
  const {schema, ...rest} = mine;
  const {schema: recordedSchema, ...recordedRest} = theirs;
  return [
    ...pointerDifferences(rest, recordedRest, wording).map(sentence => ({
      sentence: `output format: ${sentence}`,
      weight: 1,
    })),
    ...pointerDifferences(schema, recordedSchema, wording).map(sentence => ({
      sentence: `output schema: ${sentence}`,
      weight: 1,
    })),
  ];
}

/** Settings have flat names for the reader: `temperature`, not `sampling.temperature`. */
function compareSettings(asked: JsonObject, recorded: JsonObject, wording: Wording): readonly Difference[] {
  if (isSameJson(asked, recorded)) return [];
  const [mine, theirs] = [flattenSettings(asked), flattenSettings(recorded)];
  return [...new Set([...mine.keys(), ...theirs.keys()])].sort().flatMap(name => {
    const [value, recordedValue] = [mine.get(name), theirs.get(name)];
    if (isSameJson(value, recordedValue)) return [];
    if (isShort(value) && isShort(recordedValue)) {
      return [{sentence: `${name}: ${describePair(value, recordedValue, wording)}`, weight: 1}];
    }
    return pointerDifferences(value, recordedValue, wording).map(sentence => ({
      sentence: `${name}: ${sentence.replace(/^\/: /, '')}`,
      weight: 1,
    }));
  });
}

function isShort(value: JsonValue | undefined): boolean {
  return value === undefined || canonicalJson(value).length <= 80;
}

function flattenSettings(settings: JsonObject): Map<string, JsonValue> {
  const flat = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'sampling' && isJsonObject(value)) {
      for (const [inner, member] of Object.entries(value)) flat.set(inner, member);
    } else if (isJsonObject(value) && Object.keys(value).length > 0) {
      for (const [inner, member] of Object.entries(value)) flat.set(`${name}.${inner}`, member);
    } else flat.set(name, value);
  }
  return flat;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function nameOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'text';
}
