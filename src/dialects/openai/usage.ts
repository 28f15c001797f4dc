import type {Usage} from '../../chat/chunk.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {WireUsage} from './chat-completions/reply-schema.js';

/** Token counts; `completion_tokens` includes the reasoning tokens, which the details show if they are known. */
export function encodeUsage({inputTokens, outputTokens, reasoningTokens}: Usage): WireUsage {
  return omitUndefined({
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    completion_tokens_details:
      reasoningTokens === undefined ? undefined : {reasoning_tokens: reasoningTokens},
  });
}
