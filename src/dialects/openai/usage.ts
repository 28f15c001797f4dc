import type {Usage} from '../../chat/chunk.js';
import type {WireUsage} from './chat-completions/reply-schema.js';

/** Token counts; `completion_tokens` includes the reasoning, of which the details tell the share where it is known. */
export function encodeUsage({inputTokens, outputTokens, reasoningTokens}: Usage): WireUsage {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(reasoningTokens !== undefined && {completion_tokens_details: {reasoning_tokens: reasoningTokens}}),
  };
}
