import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, Reasoning} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {checkBounds} from '../check-bounds.js';
import {invalidArguments} from '../field-violations.js';
import type {NothingLeft} from '../proto-types.js';
import {decodeOutput} from './decode-output.js';
import {GenerationConfig, type ThinkingConfig} from './schema.js';

/** Decodes a GenerationConfig. */
export function decodeGenerationConfig(config: GenerationConfig): Omit<ChatRequest, 'operation' | 'turns'> {
  checkBounds(GenerationConfig, config, 'generation_config');
  const {
    temperature,
    topP,
    topK,
    seed,
    maxOutputTokens,
    stopSequences,
    presencePenalty,
    frequencyPenalty,
    candidateCount,
    responseLogprobs,
    logprobs,
    thinkingConfig,
    responseMimeType,
    responseSchema,
    responseJsonSchema,
    responseFormat,
    ...rest
  } = config;
  rest satisfies NothingLeft;
  const sampling = omitUndefined({
    temperature,
    topP,
    topK,
    seed,
    maxTokens: maxOutputTokens,
    stop: stopSequences,
    presencePenalty,
    frequencyPenalty,
  });
  return omitUndefined({
    sampling: Object.keys(sampling).length === 0 ? undefined : sampling,
    output: decodeOutput(
      omitUndefined({responseMimeType, responseSchema, responseJsonSchema, responseFormat}),
    ),
    candidates: candidateCount,
    logprobs: decodeLogprobs(responseLogprobs, logprobs),
    reasoning: thinkingConfig && decodeThinking(thinkingConfig),
  });
}

function decodeLogprobs(
  responseLogprobs: boolean | undefined,
  logprobs: number | undefined,
): {top: number} | undefined {
  if (responseLogprobs === true) return {top: logprobs ?? 0};
  if (logprobs === undefined) return undefined;
  const description = 'only valid when response_logprobs is true.';
  throw invalidArguments([{field: 'generation_config.logprobs', description}]);
}

function decodeThinking(config: ThinkingConfig): Reasoning | undefined {
  const {includeThoughts, thinkingBudget, thinkingLevel, ...rest} = config;
  rest satisfies NothingLeft;
  const isLevel = thinkingLevel !== undefined && thinkingLevel !== 'THINKING_LEVEL_UNSPECIFIED';
  if (isLevel && thinkingBudget !== undefined) {
    throw new RetakeError(
      'invalid_request',
      'You can only set only one of thinking budget and thinking level.',
      {field: 'generation_config.thinking_config'},
    );
  }
  const reasoning = omitUndefined({
    effort: isLevel ? thinkingLevel.toLowerCase() : undefined,
    budget: thinkingBudget,
    includeThoughts,
  });
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}
