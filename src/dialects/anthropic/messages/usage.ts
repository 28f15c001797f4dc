import type {Usage} from '../../../chat/chunk.js';

/** The token usage of an answer. retake has no prompt cache, so the cache counts are 0. */
export function encodeUsage(usage: Usage | undefined) {
  const {inputTokens = 0, outputTokens = 0, reasoningTokens} = usage ?? {};
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: {ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0},
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : {thinking_tokens: reasoningTokens},
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}

/** The same at the end of a stream. */
export function encodeFinalUsage(usage: Usage | undefined) {
  const {input_tokens, cache_creation_input_tokens, cache_read_input_tokens, ...rest} = encodeUsage(usage);
  const {output_tokens, output_tokens_details, server_tool_use} = rest;
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use,
  };
}
