import {isJsonObject, type JsonValue} from '../chat/json.js';
import type {DialectTraits} from './dialect.js';

/** The path for a body. With several dialects, that of the first one that the body fits; undefined if it fits none. */
export function guessPath(dialects: readonly DialectTraits[], body: JsonValue): string | undefined {
  if (!isJsonObject(body)) return undefined;
  const guesses = dialects.map(dialect => dialect.guess(body));
  const guess = guesses.length === 1 ? guesses[0] : guesses.find(({fits}) => fits);
  return guess?.path;
}
