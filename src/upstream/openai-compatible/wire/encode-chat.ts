import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {MediaReader} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, CountTokensRequest, Reasoning, Sampling} from '../../../chat/request.js';
import {shapeTurns} from '../../local/shape/shape-turns.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {encodeMessages} from './encode-messages.js';
import {encodeOutput} from './encode-output.js';
import {encodeSampling} from './encode-sampling.js';
import {encodeTools} from './encode-tools.js';
import {mergeExtras} from './merge-extras.js';

/** Fields that determine how the answer is decoded: a client's extra fields must not set them. */
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
  'return_progress',
]);

/**
 * The body of a chat completion request, always streaming.
 * @throws RetakeError `invalid_request` if an extra field would replace a field of retake's own, or as {@link encodePrompt}
 */
export async function encodeChat(
  request: ChatRequest,
  upstream: UpstreamDescription,
  media?: MediaReader,
): Promise<JsonObject> {
  const {sampling = {}, output, candidates = 1, logprobs, reasoning, unkeyed = {}} = request;
  const {max_tokens: maxTokens, ...otherSampling} = encodeSampling(sampling, upstream);
  const body: JsonObject = omitUndefined({
    ...(await encodePrompt(request, upstream, media)),
    stream: true,
    stream_options: {include_usage: true},
    ...otherSampling,
    logit_bias: output ? withoutLineBreaks(sampling.logitBias, upstream) : sampling.logitBias,
    [unkeyed.maxTokensField ?? 'max_tokens']: maxTokens,
    n: candidates === 1 ? undefined : candidates,
    // llama-server then says the token count of the prompt before it answers.
    return_progress: upstream.isLlamaServer ? true : undefined,
    response_format: output && encodeOutput(output),
    ...encodeLogprobs(logprobs, upstream),
    ...encodeReasoning(reasoning, upstream),
    ...unkeyed.fields,
  });
  return mergeExtras(body, request.extras, reserved);
}

/**
 * The part of the body that makes up the prompt: the turns and the tools.
 * @throws RetakeError `not_supported` or `invalid_request` if the model does not accept a part of it
 */
export async function encodePrompt(
  request: ChatRequest | CountTokensRequest,
  upstream: UpstreamDescription,
  media?: MediaReader,
): Promise<JsonObject> {
  const {model = upstream.defaultModel, turns} = request;
  const {supportsImages} = upstream;
  return omitUndefined({
    model,
    messages: await encodeMessages(shapeTurns(turns, upstream), {supportsImages, media}),
    ...encodeTools(request, upstream),
  });
}

/** The bias of a structured answer. What the client gives a token comes first. */
function withoutLineBreaks(
  given: Sampling['logitBias'],
  {lineBreakTokens = []}: UpstreamDescription,
): JsonObject | undefined {
  if (lineBreakTokens.length === 0) return given;
  return {...Object.fromEntries(lineBreakTokens.map(token => [token, false])), ...given};
}

/** llama-server sends no probabilities for 0 alternatives, and many if the number is missing. */
function encodeLogprobs(
  logprobs: {readonly top: number} | undefined,
  {isLlamaServer}: UpstreamDescription,
): JsonObject {
  if (!logprobs) return {};
  const top = isLlamaServer ? Math.max(1, logprobs.top) : logprobs.top;
  return top === 0 ? {logprobs: true} : {logprobs: true, top_logprobs: top};
}

/** OpenAI's field, and those of llama-server. Gemma 3 does not reason, so they do not change its answer. */
function encodeReasoning(
  reasoning: Reasoning | undefined,
  {isLlamaServer}: UpstreamDescription,
): Record<string, JsonValue | undefined> {
  if (!reasoning) return {};
  const {effort, budget} = reasoning;
  if (!isLlamaServer) return {reasoning_effort: effort};
  return {
    reasoning_effort: effort,
    thinking_budget_tokens: budget,
    chat_template_kwargs: budget === 0 ? {enable_thinking: false} : undefined,
  };
}
