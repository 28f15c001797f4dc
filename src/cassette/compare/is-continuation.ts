import {isJsonObject, type JsonValue, listOf} from '../../chat/json.js';
import {isSameJson, type MatchingView} from '../key/key.js';

/** Whether one of two requests is a later step of the other's conversation: the same turns, and more after them. */
export function isContinuation(a: MatchingView, b: MatchingView): boolean {
  const [mine, theirs] = [turnsOf(a), turnsOf(b)];
  if (mine.length === theirs.length) return false;
  const [shorter, longer] = mine.length < theirs.length ? [mine, theirs] : [theirs, mine];
  return shorter.every((turn, index) => isSameJson(turn, longer[index]));
}

/** The system prompt does not belong to the steps. */
function turnsOf({turns}: MatchingView): readonly JsonValue[] {
  return listOf(turns).filter((turn: JsonValue) => !(isJsonObject(turn) && turn['role'] === 'system'));
}
