import type {AnswerChunk, FinishReason, Usage} from '../../../chat/chunk.js';
import type {ChatRequest, CompletionRequest} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {sumOfCandidates} from '../wire/usage-count.js';

/**
 * Answers a request for several candidates by asking for one after the other, each with the next seed: for an upstream that has
 * fewer slots than candidates are wanted. The answers become one stream.
 */
export function askInTurn<Request extends ChatRequest | CompletionRequest>(
  request: Request,
  ask: (request: Request) => AsyncIterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk> {
  const {candidates = 1} = request;
  const answers = Array.from({length: candidates}, (_, candidate) => () => {
    const single = {...request, candidates: 1};
    return ask(withSeedAdvanced(single, candidate));
  });
  return joinAnswers(answers, sumOfCandidates);
}

/**
 * Answers as one: the candidates of each come after those of the one before. An answer is asked for when the one before has ended.
 * @throws RetakeError `internal` when there is no answer
 */
export async function* joinAnswers(
  answers: readonly (() => AsyncIterable<AnswerChunk>)[],
  sum: (counts: readonly Usage[]) => Usage | undefined,
): AsyncGenerator<AnswerChunk> {
  const finish: FinishReason[] = [];
  const counts: Usage[] = [];
  for (const [index, answer] of answers.entries()) {
    const before = finish.length;
    for await (const chunk of answer()) {
      if (chunk.type === 'reply-start') {
        if (index === 0) yield chunk;
      } else if (chunk.type === 'reply-end') {
        finish.push(...chunk.finish);
        if (chunk.usage) counts.push(chunk.usage);
      } else if ('candidate' in chunk) {
        yield {...chunk, candidate: before + chunk.candidate};
      }
    }
  }
  const [first, ...others] = finish;
  if (first === undefined) throw new RetakeError('internal', 'No answer was asked for');
  const usage = sum(counts);
  yield {type: 'reply-end', finish: [first, ...others], ...(usage && {usage})};
}

/** A negative seed means a random one, which it stays. */
function withSeedAdvanced<Request extends ChatRequest | CompletionRequest>(
  request: Request,
  step: number,
): Request {
  const seed = request.sampling?.seed;
  if (seed === undefined || seed < 0) return request;
  return {...request, sampling: {...request.sampling, seed: seed + step}};
}
