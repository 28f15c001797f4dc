import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import type {Difference} from './difference.js';
import {orderDifference, pointerDifferences} from './value-differences.js';
import type {Wording} from './wording.js';

/** The tools that one request has and the other has not, those that differ, place by place, and another order. */
export function compareTools(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  wording: Wording,
): readonly Difference[] {
  const [mine, theirs] = [namedTools(asked), namedTools(recorded)];
  const [names, recordedNames] = [[...mine.keys()], [...theirs.keys()]];
  const missing = [
    ...names.filter(name => !theirs.has(name)).map(name => `tool ${name}: ${wording.onlyMine}`),
    ...recordedNames.filter(name => !mine.has(name)).map(name => `tool ${name}: ${wording.onlyTheirs}`),
  ];
  const changed = names
    .filter(name => theirs.has(name))
    .flatMap(name =>
      pointerDifferences(mine.get(name), theirs.get(name), wording).map(
        sentence => `tool ${name}: ${sentence}`,
      ),
    );
  const order = missing.length === 0 ? orderDifference(names, recordedNames, wording, 'tools') : [];
  return [...missing, ...changed, ...order].map(sentence => ({sentence, weight: 1}));
}

/** A second tool of a name is another one. */
function namedTools(tools: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  const named = new Map<string, JsonValue>();
  for (const tool of listOf(tools)) {
    const name = isJsonObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : '';
    let unique = name;
    for (let count = 2; named.has(unique); count++) unique = `${name} (${count})`;
    named.set(unique, tool);
  }
  return named;
}
