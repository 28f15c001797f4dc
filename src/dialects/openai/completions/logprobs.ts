import type {TokenLogprob} from '../../../chat/chunk.js';
import type {LegacyLogprobs} from './schema.js';

/** The length of a text as OpenAI counts it: in code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** The log probabilities of tokens, the first at `offset`; `top` is whether alternatives were requested. */
export function encodeLogprobs(
  logprobs: readonly TokenLogprob[],
  {offset, top}: {readonly offset: number; readonly top: number},
): LegacyLogprobs {
  let next = offset;
  return {
    tokens: logprobs.map(({token}) => token),
    token_logprobs: logprobs.map(({logprob}) => logprob),
    top_logprobs:
      top === 0
        ? null
        : logprobs.map(choice => Object.fromEntries(choice.top.map(({token, logprob}) => [token, logprob]))),
    text_offset: logprobs.map(({token}) => {
      const start = next;
      next += lengthOf(token);
      return start;
    }),
  };
}
