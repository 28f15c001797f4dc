import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {CompletionRequest} from '../../../chat/request.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {encodeSampling} from './encode-sampling.js';
import {mergeExtras} from './merge-extras.js';

/** Fields that determine how the answer is decoded: a client's extra fields must not set them. */
const reserved = new Set([
  'prompt',
  'model',
  'n',
  'n_cmpl',
  'stream',
  'stream_options',
  'logprobs',
  'verbose',
]);

/**
 * The body of a completion request for one prompt, always streaming.
 * @throws RetakeError `invalid_request` if an extra field would replace a field of retake's own
 */
export function encodeCompletion(request: CompletionRequest, upstream: UpstreamDescription): JsonObject {
  const {model = upstream.defaultModel, prompts, sampling = {}, candidates = 1, logprobs} = request;
  const body = omitUndefined({
    model,
    prompt: prompts[0],
    stream: true,
    stream_options: {include_usage: true},
    // The engine's reverse prompts end a turn of a conversation, which is not where a text ends.
    ...encodeSampling(sampling, {isLlamaServer: upstream.isLlamaServer}),
    n: candidates === 1 ? undefined : candidates,
    // As in a chat, llama-server sends no probabilities for 0.
    logprobs: logprobs && Math.max(1, logprobs.top),
  });
  return mergeExtras(body, request.extras, reserved);
}
