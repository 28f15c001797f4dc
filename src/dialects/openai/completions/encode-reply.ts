import {spokenLogprobs, spokenText} from '../../../chat/answer-parts.js';
import type {ChatReply} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeUsage} from '../usage.js';
import {encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs} from './logprobs.js';
import type {TextCompletion} from './schema.js';

export type ReplyFormat = {
  readonly modelName: string;
  /** The number of alternatives for each token. */
  readonly top: number;
  /** The offset of a candidate's text: after its prompt. */
  offsetOf(candidate: number): number;
};

/** Encodes a complete answer as a `text_completion`. */
export function encodeReply(
  {candidates, usage}: ChatReply,
  {id, createdAt}: AnswerIdentity,
  {modelName, top, offsetOf}: ReplyFormat,
): string {
  const completion: TextCompletion = {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created: createdAt,
    model: modelName,
    choices: candidates.map((candidate, index) => {
      const logprobs = spokenLogprobs(candidate);
      return {
        text: spokenText(candidate),
        index,
        logprobs: logprobs ? encodeLogprobs(logprobs, {offset: offsetOf(index), top}) : null,
        finish_reason: encodeFinishReason(candidate.finish),
      };
    }),
    ...(usage && {usage: encodeUsage(usage)}),
  };
  return JSON.stringify(completion);
}
