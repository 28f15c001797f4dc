import type {JsonObject, JsonValue} from '../../chat/json.js';
import type {ChatRequest, OutputFormat, Part, Reasoning, Sampling, Turn} from '../../chat/request.js';
import {RetakeError, unreachable} from '../../errors.js';
import {shapeTurns} from '../shape/shape-turns.js';
import type {UpstreamDescription} from './upstream-description.js';

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
]);

/**
 * The body of a chat completion, always as a stream.
 * @throws RetakeError `invalid_request` when an extra would replace a field of retake's own.
 */
export function encodeRequest(request: ChatRequest, upstream: UpstreamDescription): JsonObject {
  const {
    model = upstream.asksFor,
    turns,
    sampling = {},
    output,
    candidates = 1,
    logprobs,
    reasoning,
  } = request;
  const body = defined({
    model,
    messages: shapeTurns(turns, upstream).map(encodeTurn),
    stream: true,
    stream_options: {include_usage: true},
    ...encodeSampling(sampling),
    n: candidates === 1 ? undefined : candidates,
    response_format: output && encodeOutput(output),
    ...(logprobs && encodeLogprobs(logprobs)),
    ...(reasoning && encodeReasoning(reasoning, upstream)),
  });
  const {extras = {}} = request;
  for (const name of Object.keys(extras)) {
    if (!reserved.has(name) && !(name in body)) continue;
    throw new RetakeError(
      'invalid_request',
      `The field "${name}" cannot be passed on: retake sets it itself`,
      {
        field: name,
      },
    );
  }
  return {...body, ...extras};
}

function encodeTurn({role, name, parts}: Turn): JsonObject {
  return defined({role, name, content: parts.map(textOf).join('')});
}

function textOf(part: Part): string {
  if (part.type === 'text') return part.text;
  throw new RetakeError('not_supported', `The upstream is not given a ${part.type} yet`);
}

function encodeSampling(sampling: Sampling): Record<string, JsonValue | undefined> {
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    seed: sampling.seed,
    max_tokens: sampling.maxTokens,
    stop: sampling.stop,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
  };
}

function encodeOutput(output: OutputFormat): JsonObject {
  switch (output.type) {
    case 'json':
      return {type: 'json_object'};
    case 'json-schema':
    case 'enum': {
      const description = output.type === 'json-schema' ? output.description : undefined;
      return {
        type: 'json_schema',
        json_schema: defined({name: 'answer', description, schema: output.schema}),
      };
    }
    default:
      return unreachable(output);
  }
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

function defined(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const present: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) present[name] = value;
  return present;
}
