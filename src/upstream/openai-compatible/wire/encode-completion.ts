import type {JsonObject} from '../../../chat/json.js';
import type {CompletionRequest} from '../../../chat/request.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {defined} from './defined.js';
import {encodeSampling} from './encode-sampling.js';
import {mergeExtras} from './merge-extras.js';

/** Fields that decide how the answer is read: no client's extra may set them. */
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
 * The body of a completion of one prompt, always as a stream.
 * @throws RetakeError `invalid_request` when an extra would replace a field of retake's own
 */
export function encodeCompletion(request: CompletionRequest, upstream: UpstreamDescription): JsonObject {
  const {model = upstream.asksFor, prompts, sampling = {}, candidates = 1, logprobs} = request;
  const body = defined({
    model,
    prompt: prompts[0],
    stream: true,
    stream_options: {include_usage: true},
    // Where a text ends is not where a conversation does: none of the engine's own ends are added.
    ...encodeSampling(sampling, {isLlamaServer: upstream.isLlamaServer}),
    n: candidates === 1 ? undefined : candidates,
    // As with chat, llama-server sends nothing for 0.
    logprobs: logprobs && Math.max(1, logprobs.top),
  });
  return mergeExtras(body, request.extras, reserved);
}
