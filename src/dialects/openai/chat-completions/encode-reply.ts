import type {Candidate, ChatReply, ToolCall} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {callId} from '../call-id.js';
import {encodeUsage} from '../usage.js';
import {encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs} from './logprobs.js';
import type {ChatCompletion} from './reply-schema.js';

export type ReplyFormat = {
  readonly modelName: string;
  /** Whether calls have the older form, which allows one. */
  readonly usesFunctions: boolean;
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
  return call.arguments.trim() === '' ? {...call, arguments: `${call.arguments}{}`} : call;
}

function encodeChoice(
  candidate: Candidate,
  index: number,
  identity: AnswerIdentity,
  {usesFunctions}: ReplyFormat,
): ChatCompletion['choices'][number] {
  const {text, reasoning, logprobs, finish} = candidate;
  const toolCalls = candidate.toolCalls.map(withArguments);
  const [first] = toolCalls;
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && first ? null : text,
      ...(reasoning !== '' && {reasoning_content: reasoning}),
      refusal: null,
      annotations: [],
      ...(first && usesFunctions && {function_call: first}),
      ...(first &&
        !usesFunctions && {
          tool_calls: toolCalls.map((called, call) => ({
            id: callId(identity, index, call),
            type: 'function' as const,
            function: called,
          })),
        }),
    },
    logprobs: encodeLogprobs(logprobs),
    finish_reason: encodeFinishReason({finish, hasCalls: first !== undefined, usesFunctions}),
  };
}
