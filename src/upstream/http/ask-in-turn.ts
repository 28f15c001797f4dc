import type {AnswerChunk, FinishReason, Usage} from '../../chat/chunk.js';
import type {ChatRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import {sumOfCandidates} from './usage-count.js';

/**
 * Answers a request for several candidates by asking for one after the other, each with the next seed: for an upstream that has
 * fewer slots than candidates are wanted. The answers become one stream.
 */
export async function* askInTurn(
  request: ChatRequest,
  ask: (request: ChatRequest) => AsyncIterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk> {
  const {candidates = 1, ...single} = request;
  const finish: FinishReason[] = [];
  const counts: Usage[] = [];
  for (let candidate = 0; candidate < candidates; candidate++) {
    for await (const chunk of ask(withSeedAdvanced(single, candidate))) {
      if (chunk.type === 'reply-start') {
        if (candidate === 0) yield chunk;
      } else if (chunk.type === 'reply-end') {
        finish.push(chunk.finish[0]);
        if (chunk.usage) counts.push(chunk.usage);
      } else if ('candidate' in chunk) {
        yield {...chunk, candidate};
      }
    }
  }
  const [first, ...others] = finish;
  if (first === undefined || finish.length < candidates) {
    throw new RetakeError('internal', `Expected ${candidates} answers, got ${finish.length}`);
  }
  const usage = sumOfCandidates(counts);
  yield {type: 'reply-end', finish: [first, ...others], ...(usage && {usage})};
}

/** A negative seed means a random one, which it stays. */
function withSeedAdvanced(request: ChatRequest, step: number): ChatRequest {
  const seed = request.sampling?.seed;
  if (seed === undefined || seed < 0) return request;
  return {...request, sampling: {...request.sampling, seed: seed + step}};
}
