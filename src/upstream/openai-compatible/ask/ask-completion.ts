import type {AnswerChunk, Usage} from '../../../chat/chunk.js';
import type {CallContext} from '../../../chat/model.js';
import type {CompletionRequest} from '../../../chat/request.js';
import {sumOfCandidates} from '../../../dialects/kit/completion-chunks/usage-count.js';
import {encodeCompletion} from '../wire/encode-completion.js';
import {askSequentially, joinAnswers} from './ask-sequentially.js';
import {requestAnswer} from './request-answer.js';
import type {Server} from './server.js';

/** Sends a completion request, one for each prompt: servers stream several prompts in different ways. */
export function askCompletion(
  server: Server,
  request: CompletionRequest,
  context: CallContext,
): AsyncIterable<AnswerChunk> {
  const {candidates = 1, prompts} = request;
  const {slots = candidates} = server.description;
  const ask = (asked: CompletionRequest) => askOnce(server, asked, context);
  return joinAnswers(
    prompts.map(prompt => () => {
      const single: CompletionRequest = {...request, prompts: [prompt]};
      return candidates <= slots ? ask(single) : askSequentially(single, ask);
    }),
    sumOfPrompts,
  );
}

function askOnce(
  server: Server,
  request: CompletionRequest,
  context: CallContext,
): AsyncIterable<AnswerChunk> {
  const body = encodeCompletion(request, server.description);
  return requestAnswer(server, request, {route: '/completions', body}, context);
}

/** The tokens of every prompt count. */
function sumOfPrompts(counts: readonly Usage[]): Usage | undefined {
  const output = sumOfCandidates(counts);
  return output && {...output, inputTokens: counts.reduce((total, {inputTokens}) => total + inputTokens, 0)};
}
