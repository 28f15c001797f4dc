import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {isSameJson, type MatchingView} from '../key/key.js';
import {compareTurns} from './compare-turns.js';
import type {Difference} from './difference.js';
import {firstDifference, pointerDifferences, show} from './value-differences.js';

/** Names every component in which the asked request differs from a recorded one, and nothing else. */
export function compareViews(asked: MatchingView, recorded: MatchingView): readonly Difference[] {
  const {turns: askedTurns, output: askedOutput, ...askedRest} = asked;
  const {turns: recordedTurns, output: recordedOutput, ...recordedRest} = recorded;
  return [
    ...compareTurns(askedTurns, recordedTurns),
    ...compareOutputs(askedOutput, recordedOutput),
    ...compareSettings(askedRest, recordedRest),
  ];
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
  const others = isSameJson(rest, recordedRest) ? [] : [firstDifference(rest, recordedRest)];
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
    if (isSameJson(value, recordedValue)) return [];
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

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function nameOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'text';
}
