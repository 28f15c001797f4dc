import type {TokenChoice, TokenLogprob} from '../../../chat/chunk.js';
import type {WireLogprobs, WireTokenChoice} from './reply-schema.js';

/** The log probabilities of the tokens of a text, or null if they were not requested. */
export function encodeLogprobs(logprobs: readonly TokenLogprob[] | undefined): WireLogprobs | null {
  if (logprobs === undefined) return null;
  return {
    content: logprobs.map(token => ({...encodeChoice(token), top_logprobs: token.top.map(encodeChoice)})),
    refusal: null,
  };
}

function encodeChoice({token, logprob, bytes}: TokenChoice): WireTokenChoice {
  return {token, logprob, bytes: [...bytes]};
}
