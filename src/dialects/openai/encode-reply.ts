import type {Candidate, ChatReply} from '../../chat/reply.js';
import type {AnswerIdentity} from '../dialect.js';
import {encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs} from './logprobs.js';
import type {ChatCompletion} from './reply-schema.js';
import {encodeUsage} from './usage.js';

/** Encodes a whole answer as the body of a `chat.completion`. */
export function encodeReply(reply: ChatReply, identity: AnswerIdentity, modelName: string): string {
  const completion: ChatCompletion = {
    id: `chatcmpl-${identity.id}`,
    object: 'chat.completion',
    created: identity.createdAt,
    model: modelName,
    choices: reply.candidates.map(encodeChoice),
    ...(reply.usage && {usage: encodeUsage(reply.usage)}),
  };
  return JSON.stringify(completion);
}

function encodeChoice(candidate: Candidate, index: number): ChatCompletion['choices'][number] {
  const {text, reasoning, logprobs, finish} = candidate;
  return {
    index,
    message: {
      role: 'assistant',
      content: text,
      ...(reasoning !== '' && {reasoning_content: reasoning}),
      refusal: null,
      annotations: [],
    },
    logprobs: encodeLogprobs(logprobs),
    finish_reason: encodeFinishReason(finish),
  };
}
