import {request} from 'undici';
import {isJsonObject, listOf, parseJson} from '../../../chat/json.js';

/** The longest run of line breaks that is a token of Gemma's vocabulary. */
const longestRun = 31;

/**
 * The tokens that are nothing but line breaks. llama.cpp's grammar for JSON allows them between any two values, although an answer needs none:
 * a small model spends a third of its tokens on them.
 */
export async function findLineBreakTokens(engine: {
  readonly url: string;
  readonly authorization: string;
}): Promise<readonly number[]> {
  const runs = Array.from({length: longestRun}, (_, index) => '\n'.repeat(index + 1));
  const {statusCode, body} = await request(`${engine.url}/tokenize`, {
    method: 'POST',
    headers: {authorization: engine.authorization, 'content-type': 'application/json'},
    body: JSON.stringify({content: runs.join('x'), add_special: false, with_pieces: true}),
  });
  const text = await body.text();
  // A llama-server without this answers as well, only with more white space.
  if (statusCode !== 200) return [];
  const answer = parseJson(text);
  const tokens = isJsonObject(answer) ? listOf(answer['tokens']) : [];
  const ids = tokens.flatMap(token => {
    if (!isJsonObject(token)) return [];
    const {id, piece} = token;
    return typeof id === 'number' && typeof piece === 'string' && /^\n+$/.test(piece) ? [id] : [];
  });
  return [...new Set(ids)];
}
