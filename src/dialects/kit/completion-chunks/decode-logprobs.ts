import type {TokenChoice, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';

/**
 * The tokens of a delta, each with at most `top` alternatives: some servers send more than requested. Chat completions have them in
 * `content`, text completions in parallel lists; llama-server uses `content` for both.
 * @throws RetakeError `upstream_failed` if an entry has no probability
 */
export function decodeLogprobs(
  logprobs: JsonValue | undefined,
  top: number,
): readonly TokenLogprob[] | undefined {
  if (!isJsonObject(logprobs)) return undefined;
  const {content} = logprobs;
  const entries = Array.isArray(content) ? content : entriesInLists(logprobs);
  return entries && decodeEntries(entries, top);
}

/** The tokens of a refusal. @throws RetakeError as `decodeLogprobs` */
export function decodeRefusalLogprobs(
  logprobs: JsonValue | undefined,
  top: number,
): readonly TokenLogprob[] | undefined {
  const refusal = isJsonObject(logprobs) ? logprobs['refusal'] : undefined;
  return Array.isArray(refusal) && refusal.length > 0 ? decodeEntries(refusal, top) : undefined;
}

function decodeEntries(entries: readonly JsonValue[], top: number): readonly TokenLogprob[] {
  return entries.map(entry => {
    const alternatives = isJsonObject(entry) ? entry['top_logprobs'] : undefined;
    return {
      ...decodeChoice(entry),
      top: Array.isArray(alternatives) ? alternatives.slice(0, top).map(decodeChoice) : [],
    };
  });
}

function entriesInLists({
  tokens,
  token_logprobs: logprobs,
  top_logprobs: tops,
}: JsonObject): readonly JsonValue[] | undefined {
  if (!Array.isArray(tokens) || !Array.isArray(logprobs)) return undefined;
  return tokens.map((token, index): JsonValue => {
    const alternatives = Array.isArray(tops) ? tops[index] : undefined;
    const listed = isJsonObject(alternatives) ? Object.entries(alternatives) : [];
    return {
      token,
      logprob: logprobs[index] ?? null,
      top_logprobs: listed.map(([name, logprob]) => ({token: name, logprob})).sort(byLogprob),
    };
  });
}

function byLogprob(a: {readonly logprob: JsonValue}, b: {readonly logprob: JsonValue}): number {
  return Number(b.logprob) - Number(a.logprob);
}

/** OpenAI's value for a token with almost no probability. */
const minimumLogprob = -9999;

function decodeChoice(entry: JsonValue): TokenChoice {
  const {token, id, bytes, logprob} = isJsonObject(entry) ? entry : {};
  if (typeof token !== 'string' || (typeof logprob !== 'number' && logprob !== null)) {
    throw new RetakeError(
      'upstream_failed',
      `Expected a token and its logprob from the upstream, got ${JSON.stringify({token, logprob})}`,
    );
  }
  return omitUndefined({
    token,
    id: typeof id === 'number' ? id : undefined,
    bytes: Array.isArray(bytes) ? bytes.map(Number) : [...Buffer.from(token)],
    logprob: logprob ?? minimumLogprob,
  });
}
