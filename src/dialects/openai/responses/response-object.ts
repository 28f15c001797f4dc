import type {TokenLogprob, Usage} from '../../../chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeTokens} from '../chat-completions/logprobs.js';
import type {WireTokenLogprob} from '../chat-completions/reply-schema.js';
import type {ResponseRequest} from './schema.js';

/** The request fields that a response repeats. */
export type ResponseHead = JsonObject & {readonly model: string};

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete';

export type OutputText = {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly [];
  readonly logprobs: readonly WireTokenLogprob[];
};

export type RefusalPart = {readonly type: 'refusal'; readonly refusal: string};

export type ReasoningText = {readonly type: 'reasoning_text'; readonly text: string};

/** A call of a tool that the client runs. */
export type CallItem = {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
} & (
  | {readonly type: 'function_call'; readonly arguments: string}
  | {readonly type: 'custom_tool_call'; readonly input: string}
);

/** One output item of the model: a message, reasoning, or a tool call. */
export type OutputItem =
  | {
      readonly id: string;
      readonly type: 'message';
      readonly status: ResponseStatus;
      readonly role: 'assistant';
      readonly content: readonly (OutputText | RefusalPart)[];
    }
  | {
      readonly id: string;
      readonly type: 'reasoning';
      readonly status: ResponseStatus;
      readonly summary: readonly [];
      readonly content: readonly ReasoningText[];
    }
  | CallItem;

export type ResponseUsage = {
  readonly input_tokens: number;
  readonly input_tokens_details: {readonly cached_tokens: number; readonly cache_write_tokens: number};
  readonly output_tokens: number;
  readonly output_tokens_details: {readonly reasoning_tokens: number};
  readonly total_tokens: number;
};

export type ResponseObject = ResponseHead & {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: ResponseStatus;
  readonly completed_at: number | null;
  readonly error: null;
  readonly incomplete_details: {readonly reason: 'max_output_tokens' | 'content_filter'} | null;
  readonly output: readonly OutputItem[];
  readonly usage: ResponseUsage | null;
};

/** The state of a response: its output so far, and how it ended. */
export type Progress = {
  readonly status: ResponseStatus;
  readonly output: readonly OutputItem[];
  readonly incompleteReason?: 'max_output_tokens' | 'content_filter' | undefined;
  readonly usage?: Usage | undefined;
};

export function responseObject(
  head: ResponseHead,
  {id, createdAt}: AnswerIdentity,
  {status, output, incompleteReason, usage}: Progress,
): ResponseObject {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdAt,
    status,
    completed_at: status === 'completed' ? createdAt : null,
    error: null,
    incomplete_details: incompleteReason ? {reason: incompleteReason} : null,
    ...head,
    output,
    usage: usage ? encodeUsage(usage) : null,
  };
}

/** The repeated request fields, with the defaults of the API; the defaults of the model are unknown. */
export function responseHead(
  body: ResponseRequest & JsonObject,
  {modelName, conversation}: {readonly modelName: string; readonly conversation?: string | undefined},
): ResponseHead {
  const {text = {}, reasoning = {}} = body;
  return omitUndefined({
    background: body.background ?? false,
    conversation: conversation === undefined ? undefined : {id: conversation},
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    metadata: body.metadata ?? {},
    model: modelName,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: {effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null},
    safety_identifier: body.safety_identifier ?? null,
    service_tier: body.service_tier ?? 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? null,
    text: {format: text['format'] ?? {type: 'text'}, verbosity: text['verbosity'] ?? 'medium'},
    tool_choice: body.tool_choice ?? 'auto',
    tools: (body.tools ?? []).map(toldTool),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: body.truncation ?? 'disabled',
    user: body.user,
  });
}

function toldTool(tool: JsonObject): JsonValue {
  if (tool['type'] !== 'function') return tool;
  return {
    ...tool,
    description: tool['description'] ?? null,
    parameters: tool['parameters'] ?? null,
    strict: tool['strict'] ?? true,
  };
}

export function outputText(text: string, logprobs: readonly TokenLogprob[]): OutputText {
  return {type: 'output_text', text, annotations: [], logprobs: encodeTokens(logprobs)};
}

export function encodeUsage({inputTokens, outputTokens, reasoningTokens = 0}: Usage): ResponseUsage {
  return {
    input_tokens: inputTokens,
    input_tokens_details: {cached_tokens: 0, cache_write_tokens: 0},
    output_tokens: outputTokens,
    output_tokens_details: {reasoning_tokens: reasoningTokens},
    total_tokens: inputTokens + outputTokens,
  };
}
