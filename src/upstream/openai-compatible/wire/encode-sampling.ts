import type {JsonValue} from '../../../chat/json.js';
import type {Sampling} from '../../../chat/request.js';
import type {UpstreamDescription} from '../../upstream-description.js';

/**
 * How the model chooses its words. Where an answer may end at a text, llama-server is asked to tell at which one it did: it does so only
 * in what it says when it is verbose.
 */
export function encodeSampling(
  sampling: Sampling,
  {isLlamaServer, endsAt}: Pick<UpstreamDescription, 'isLlamaServer' | 'endsAt'>,
): Record<string, JsonValue | undefined> {
  const {stop = []} = sampling;
  const hasStops = stop.length > 0;
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    seed: sampling.seed,
    max_tokens: sampling.maxTokens,
    // llama-server forgets its own reverse prompts when a question has some.
    stop: hasStops ? [...stop, ...(endsAt ?? [])] : undefined,
    verbose: hasStops && isLlamaServer ? true : undefined,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
  };
}
