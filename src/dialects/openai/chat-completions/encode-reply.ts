import {isJsonSpace} from '../../../chat/json-text.js';
import type {Candidate, ChatReply, ToolCall} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {callId} from '../call-id.js';
import {inputOfArguments} from '../custom-tools.js';
import {encodeUsage} from '../usage.js';
import {encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs} from './logprobs.js';
import type {ChatCompletion, WireToolCall} from './reply-schema.js';

export type ReplyFormat = {
  readonly modelName: string;
  /** Whether calls have the older form, which allows one. */
  readonly usesFunctions: boolean;
  /** The names of the tools whose calls have the type `custom`. */
  readonly customTools?: readonly string[];
};

/** Encodes a complete answer as a `chat.completion`. */
export function encodeReply(reply: ChatReply, identity: AnswerIdentity, format: ReplyFormat): string {
  const completion: ChatCompletion = {
    id: `chatcmpl-${identity.id}`,
    object: 'chat.completion',
    created: identity.createdAt,
    model: format.modelName,
    choices: reply.candidates.map((candidate, index) => encodeChoice(candidate, index, identity, format)),
    ...(reply.usage && {usage: encodeUsage(reply.usage)}),
  };
  return JSON.stringify(completion);
}

/** A call to which nothing was given has no arguments, which is an empty object. */
function withArguments(call: ToolCall): ToolCall {
  return isJsonSpace(call.arguments) ? {...call, arguments: `${call.arguments}{}`} : call;
}

function encodeCall(call: ToolCall, id: string, customTools: readonly string[]): WireToolCall {
  if (!customTools.includes(call.name)) return {id, type: 'function', function: withArguments(call)};
  return {id, type: 'custom', custom: {name: call.name, input: inputOfArguments(call.arguments)}};
}

function encodeChoice(
  candidate: Candidate,
  index: number,
  identity: AnswerIdentity,
  {usesFunctions, customTools = []}: ReplyFormat,
): ChatCompletion['choices'][number] {
  const {text, refusal = '', reasoning, logprobs, refusalLogprobs, finish} = candidate;
  const {toolCalls} = candidate;
  const [first] = toolCalls;
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && (first || refusal !== '') ? null : text,
      ...(reasoning !== '' && {reasoning_content: reasoning}),
      refusal: refusal === '' ? null : refusal,
      annotations: [],
      ...(first && usesFunctions && {function_call: withArguments(first)}),
      ...(first &&
        !usesFunctions && {
          tool_calls: toolCalls.map((called, call) =>
            encodeCall(called, callId(identity, index, call), customTools),
          ),
        }),
    },
    logprobs: encodeLogprobs(logprobs, refusalLogprobs),
    finish_reason: encodeFinishReason({finish, hasCalls: first !== undefined, usesFunctions}),
  };
}
