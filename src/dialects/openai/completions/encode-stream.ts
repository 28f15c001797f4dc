import type {ChunkOf, Chunks, TextDelta} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {formatEvent} from '../../kit/format-event.js';
import {encodeUsage} from '../usage.js';
import type {ReplyFormat} from './encode-reply.js';
import {encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs, lengthOf} from './logprobs.js';
import type {TextCompletion} from './schema.js';

/**
 * Encodes an answer as `text_completion` events: the text as it comes, each candidate's finish reason with an empty text, then the usage
 * if it was asked for, then `[DONE]`.
 */
export async function* encodeStream(
  chunks: Chunks<ChunkOf<'complete'>>,
  {id, createdAt}: AnswerIdentity,
  {modelName, top, offsetOf, includeUsage}: ReplyFormat & {readonly includeUsage: boolean},
): AsyncGenerator<string> {
  const event = (choices: TextCompletion['choices'], usage: TextCompletion['usage'] = null) =>
    formatEvent(
      omitUndefined({
        id: `cmpl-${id}`,
        object: 'text_completion',
        created: createdAt,
        model: modelName,
        choices,
        usage: includeUsage ? usage : undefined,
      }) satisfies TextCompletion,
    );
  const offsets = new Map<number, number>();
  const logprobsOf = ({candidate, logprobs}: TextDelta) => {
    if (!logprobs) return null;
    const offset = offsets.get(candidate) ?? offsetOf(candidate);
    offsets.set(
      candidate,
      logprobs.reduce((end, {token}) => end + lengthOf(token), offset),
    );
    return encodeLogprobs(logprobs, {offset, top});
  };

  let isComplete = false;
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'reply-start':
        break;
      case 'text-delta':
        yield event([
          {text: chunk.text, index: chunk.candidate, logprobs: logprobsOf(chunk), finish_reason: null},
        ]);
        break;
      case 'reply-end':
        for (const [index, finish] of chunk.finish.entries()) {
          yield event([{text: '', index, logprobs: null, finish_reason: encodeFinishReason(finish)}]);
        }
        if (includeUsage && chunk.usage) yield event([], encodeUsage(chunk.usage));
        isComplete = true;
        break;
      default:
        unreachable(chunk);
    }
  }
  if (!isComplete) throw new RetakeError('internal', 'An answer stopped before its end');
  yield 'data: [DONE]\n\n';
}
