import {request} from 'undici';
import {isJsonObject, type JsonValue, listOf, parseJson} from '../../../chat/json.js';
import type {Engine} from './start-engine.js';

/** The longest run of line breaks that is a token of Gemma's vocabulary. */
const longestRun = 31;
const timeoutMs = 5000;

/**
 * The tokens that are nothing but line breaks. llama.cpp's grammar for JSON allows them between any two values, although an answer needs none:
 * a small model spends a third of its tokens on them.
 */
export async function findLineBreakTokens(
  engine: Pick<Engine, 'url' | 'authorization'>,
): Promise<readonly number[]> {
  const tokens = await tokenize(
    engine,
    Array.from({length: longestRun}, (_, index) => '\n'.repeat(index + 1)).join('x'),
  );
  const ids = tokens.flatMap(token => {
    if (!isJsonObject(token)) return [];
    const {id, piece} = token;
    return typeof id === 'number' && typeof piece === 'string' && /^\n+$/.test(piece) ? [id] : [];
  });
  return [...new Set(ids)];
}

/** The tokens of a text. None if the engine does not tell: it answers as well, only with more white space. */
async function tokenize(
  {url, authorization}: Pick<Engine, 'url' | 'authorization'>,
  content: string,
): Promise<readonly JsonValue[]> {
  try {
    const {statusCode, body} = await request(`${url}/tokenize`, {
      method: 'POST',
      headers: {authorization, 'content-type': 'application/json'},
      body: JSON.stringify({content, add_special: false, with_pieces: true}),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parseJson(await body.text());
    return statusCode === 200 && isJsonObject(answer) ? listOf(answer['tokens']) : [];
  } catch {
    return [];
  }
}
