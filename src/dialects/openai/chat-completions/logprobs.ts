import type {TokenChoice, TokenLogprob} from '../../../chat/chunk.js';
import type {WireLogprobs, WireTokenChoice, WireTokenLogprob} from './reply-schema.js';

/** The log probabilities of the tokens of a text and of a refusal, or null if they were not requested. */
export function encodeLogprobs(
  content: readonly TokenLogprob[] | undefined,
  refusal?: readonly TokenLogprob[],
): WireLogprobs | null {
  if (content === undefined && refusal === undefined) return null;
  return {
    content: content === undefined ? null : encodeTokens(content),
    refusal: refusal === undefined ? null : encodeTokens(refusal),
  };
}

export function encodeTokens(tokens: readonly TokenLogprob[]): WireTokenLogprob[] {
  return tokens.map(token => ({...encodeChoice(token), top_logprobs: token.top.map(encodeChoice)}));
}

function encodeChoice({token, logprob, bytes}: TokenChoice): WireTokenChoice {
  return {token, logprob, bytes: [...bytes]};
}
