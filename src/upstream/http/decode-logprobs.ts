import type {TokenChoice, TokenLogprob} from '../../chat/chunk.js';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/**
 * The tokens of a delta, each with no more than `top` alternatives: servers send more than they were asked for.
 * @throws RetakeError `upstream_failed` when an entry has no probability.
 */
export function decodeLogprobs(
  logprobs: JsonValue | undefined,
  top: number,
): readonly TokenLogprob[] | undefined {
  if (!isJsonObject(logprobs) || !Array.isArray(logprobs['content'])) return undefined;
  return logprobs['content'].map(entry => {
    const alternatives = isJsonObject(entry) ? entry['top_logprobs'] : undefined;
    return {
      ...decodeChoice(entry),
      top: Array.isArray(alternatives) ? alternatives.slice(0, top).map(decodeChoice) : [],
    };
  });
}

/** What OpenAI writes for a token that is as good as impossible. */
const impossible = -9999;

function decodeChoice(entry: JsonValue): TokenChoice {
  const {token, id, bytes, logprob} = isJsonObject(entry) ? entry : {};
  if (typeof token !== 'string' || (typeof logprob !== 'number' && logprob !== null)) {
    throw new RetakeError(
      'upstream_failed',
      `Expected a token and its logprob from the upstream, got ${JSON.stringify({token, logprob})}`,
    );
  }
  return {
    token,
    ...(typeof id === 'number' && {id}),
    bytes: Array.isArray(bytes) ? bytes.map(Number) : [...Buffer.from(token)],
    logprob: logprob ?? impossible,
  };
}
