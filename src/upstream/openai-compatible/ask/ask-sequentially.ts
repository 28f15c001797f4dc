import type {AnswerChunk, FinishReason, Usage} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, CompletionRequest} from '../../../chat/request.js';
import {sumOfCandidates} from '../../../dialects/kit/completion-chunks/usage-count.js';
import {RetakeError} from '../../../errors.js';

/**
 * Requests several candidates one after the other, each with the next seed: for an upstream with fewer slots than there are candidates.
 * Returns one stream with all of them.
 */
export function askSequentially<Request extends ChatRequest | CompletionRequest>(
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
 * Joins answers into one: the candidates of each follow those of the answer before it. Each request starts when the one before has ended.
 * @throws RetakeError `internal` if there is no answer
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
  if (first === undefined) throw new RetakeError('internal', 'No answer was requested');
  const usage = sum(counts);
  yield omitUndefined({type: 'reply-end', finish: [first, ...others], usage});
}

/** A negative seed means a random one, and stays. */
function withSeedAdvanced<Request extends ChatRequest | CompletionRequest>(
  request: Request,
  step: number,
): Request {
  const seed = request.sampling?.seed;
  if (seed === undefined || seed < 0) return request;
  return {...request, sampling: {...request.sampling, seed: seed + step}};
}
