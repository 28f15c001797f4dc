import type {Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {countIn} from '../../kit/provider-json.js';

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

/**
 * The token usage that a message tells at its start and at its end, of which the last counts are right. The neutral form counts cached
 * tokens as input, as other APIs do.
 */
export function decodeUsage(told: readonly JsonObject[]): Usage | undefined {
  const last = (countOf: (usage: JsonObject) => JsonValue | undefined) =>
    told.map(usage => countIn(countOf(usage))).findLast(count => count !== undefined);
  const input = last(usage => usage['input_tokens']);
  const outputTokens = last(usage => usage['output_tokens']);
  if (input === undefined || outputTokens === undefined) return undefined;
  const created = last(usage => usage['cache_creation_input_tokens']) ?? 0;
  const read = last(usage => usage['cache_read_input_tokens']) ?? 0;
  const reasoningTokens = last(({output_tokens_details: details}) =>
    isJsonObject(details) ? details['thinking_tokens'] : undefined,
  );
  return omitUndefined({inputTokens: input + created + read, outputTokens, reasoningTokens});
}
