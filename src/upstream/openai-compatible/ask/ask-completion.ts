import type {AnswerChunk, Usage} from '../../../chat/chunk.js';
import type {CallContext} from '../../../chat/model.js';
import type {CompletionRequest} from '../../../chat/request.js';
import {decodeAnswer} from '../wire/decode-answer.js';
import {encodeCompletion} from '../wire/encode-completion.js';
import {askForEvents} from '../wire/request.js';
import {toldError} from '../wire/upstream-failure.js';
import {sumOfCandidates} from '../wire/usage-count.js';
import {askInTurn, joinAnswers} from './ask-in-turn.js';
import type {Server} from './server.js';

/** Asks a server to continue texts. Each prompt is asked for by itself: servers stream several of them in ways of their own. */
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
      return candidates <= slots ? ask(single) : askInTurn(single, ask);
    }),
    sumOfPrompts,
  );
}

async function* askOnce(
  server: Server,
  request: CompletionRequest,
  {signal}: CallContext,
): AsyncGenerator<AnswerChunk> {
  const {connection, description, timeouts} = server;
  const {address} = connection;
  const {candidates = 1, logprobs, sampling} = request;
  const body = encodeCompletion(request, description);
  const events = askForEvents(connection, {path: `${address.apiPath}/completions`, body, timeouts, signal});
  yield* decodeAnswer(events, {
    candidates,
    ...(logprobs && {topLogprobs: logprobs.top}),
    ...(sampling?.stop && {stops: sampling.stop}),
    answeredBy: server.answeredBy,
    toldError: error => toldError(error, address),
  });
}

/** Each prompt was read. */
function sumOfPrompts(counts: readonly Usage[]): Usage | undefined {
  const output = sumOfCandidates(counts);
  return output && {...output, inputTokens: counts.reduce((total, {inputTokens}) => total + inputTokens, 0)};
}
