import type {JsonValue} from '../../../chat/json.js';
import type {Sampling} from '../../../chat/request.js';
import type {UpstreamDescription} from '../../upstream-description.js';

/** The sampling fields of a request. llama-server reports which stop sequence ended an answer only in its verbose output. */
export function encodeSampling(
  sampling: Sampling,
  {
    isLlamaServer,
    reversePrompts,
    temperature,
  }: Pick<UpstreamDescription, 'isLlamaServer' | 'reversePrompts' | 'temperature'>,
): Record<string, JsonValue | undefined> {
  const {stop = []} = sampling;
  const hasStops = stop.length > 0;
  return {
    temperature: sampling.temperature ?? temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    seed: sampling.seed,
    max_tokens: sampling.maxTokens,
    // llama-server drops its own reverse prompts if the request has stop sequences.
    stop: hasStops ? [...stop, ...(reversePrompts ?? [])] : undefined,
    verbose: hasStops && isLlamaServer ? true : undefined,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
  };
}
