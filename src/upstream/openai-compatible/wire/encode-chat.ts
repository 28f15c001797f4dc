import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {MediaReader} from '../../../chat/media.js';
import type {ChatRequest, CountTokensRequest, Reasoning} from '../../../chat/request.js';
import {shapeTurns} from '../../local/shape/shape-turns.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {defined} from './defined.js';
import {encodeMessages} from './encode-messages.js';
import {encodeOutput} from './encode-output.js';
import {encodeSampling} from './encode-sampling.js';
import {encodeTools} from './encode-tools.js';
import {mergeExtras} from './merge-extras.js';

/** Fields that decide how the answer is read: no client's extra may set them. */
const reserved = new Set([
  'messages',
  'model',
  'n',
  'n_cmpl',
  'stream',
  'stream_options',
  'logprobs',
  'top_logprobs',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'verbose',
]);

/**
 * The body of a chat completion, always as a stream.
 * @throws RetakeError `invalid_request` when an extra would replace a field of retake's own, or as {@link encodePrompt}.
 */
export async function encodeChat(
  request: ChatRequest,
  upstream: UpstreamDescription,
  media?: MediaReader,
): Promise<JsonObject> {
  const {sampling = {}, output, candidates = 1, logprobs, reasoning} = request;
  const body = defined({
    ...(await encodePrompt(request, upstream, media)),
    stream: true,
    stream_options: {include_usage: true},
    ...encodeSampling(sampling, upstream),
    n: candidates === 1 ? undefined : candidates,
    response_format: output && encodeOutput(output),
    ...(logprobs && encodeLogprobs(logprobs)),
    ...(reasoning && encodeReasoning(reasoning, upstream)),
  });
  return mergeExtras(body, request.extras, reserved);
}

/**
 * What the model reads before it answers: the turns and the tools.
 * @throws RetakeError `not_supported` or `invalid_request` when the model cannot be given something of it.
 */
export async function encodePrompt(
  request: ChatRequest | CountTokensRequest,
  upstream: UpstreamDescription,
  media?: MediaReader,
): Promise<JsonObject> {
  const {model = upstream.asksFor, turns} = request;
  const {supportsImages} = upstream;
  return defined({
    model,
    messages: await encodeMessages(shapeTurns(turns, upstream), {supportsImages, media}),
    ...encodeTools(request, upstream),
  });
}

/** llama-server sends no probabilities at all for 0 alternatives, and many of them when the number is left out. */
function encodeLogprobs({top}: {readonly top: number}): JsonObject {
  return {logprobs: true, top_logprobs: Math.max(1, top)};
}

/** OpenAI's field, and what llama-server adds to it; Gemma 3 does not reason, and none of them changes its answer. */
function encodeReasoning(
  {effort, budget}: Reasoning,
  {isLlamaServer}: UpstreamDescription,
): Record<string, JsonValue | undefined> {
  if (!isLlamaServer) return {reasoning_effort: effort};
  return {
    reasoning_effort: effort,
    thinking_budget_tokens: budget,
    chat_template_kwargs: budget === 0 ? {enable_thinking: false} : undefined,
  };
}
