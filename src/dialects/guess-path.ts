import {isJsonObject, type JsonValue} from '../chat/json.js';
import type {DialectTraits} from './dialect.js';

/** The path that a body would be sent to. With several dialects the first one that the body fits; undefined if it fits none. */
export function guessPath(dialects: readonly DialectTraits[], body: JsonValue): string | undefined {
  if (!isJsonObject(body)) return undefined;
  const guesses = dialects.map(dialect => dialect.guess(body));
  const guess = guesses.length === 1 ? guesses[0] : guesses.find(({fits}) => fits);
  return guess?.path;
}
