import type {AnswerChunk} from '../../../chat/chunk.js';
import {
  type CompletionExpectation,
  openCompletion,
} from '../../../dialects/kit/completion-chunks/decode-completion.js';

/**
 * Decodes the events of a chat or text completion as they arrive.
 * @throws RetakeError `upstream_failed` if an event is not understood, nothing was understood or the stream ends too early
 */
export async function* decodeAnswer(
  events: AsyncIterable<readonly string[]>,
  expectation: CompletionExpectation,
): AsyncGenerator<AnswerChunk> {
  const completion = openCompletion(expectation);
  for await (const batch of events) {
    for (const data of batch) yield* completion.push(data);
  }
  yield* completion.end();
}
