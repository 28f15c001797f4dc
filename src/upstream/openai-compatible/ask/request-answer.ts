import type {AnswerChunk} from '../../../chat/chunk.js';
import type {JsonObject} from '../../../chat/json.js';
import type {CallContext} from '../../../chat/model.js';
import type {ChatRequest, CompletionRequest} from '../../../chat/request.js';
import {decodeAnswer} from '../wire/decode-answer.js';
import {eventError} from '../wire/upstream-failure.js';
import {requestAdapted} from './request-adapted.js';
import type {Server} from './server.js';

/**
 * Sends the body that was made of a request to a route of the API, and decodes the answer.
 * @throws RetakeError as `requestAdapted` and `decodeAnswer`
 */
export function requestAnswer(
  server: Server,
  {
    candidates = 1,
    logprobs,
    sampling,
  }: Pick<ChatRequest | CompletionRequest, 'candidates' | 'logprobs' | 'sampling'>,
  {route, body}: {readonly route: string; readonly body: JsonObject},
  {signal, warn}: Pick<CallContext, 'signal' | 'warn'>,
): AsyncIterable<AnswerChunk> {
  const {connection, description, timeouts} = server;
  const {address} = connection;
  const path = `${address.apiPath}${route}`;
  return decodeAnswer(requestAdapted(server, {path, body, timeouts, signal}, warn), {
    candidates,
    topLogprobs: logprobs?.top,
    stops: sampling?.stop,
    trustsEmpty: description.isLlamaServer,
    answeredBy: server.answeredBy,
    eventError: error => eventError(error, address),
  });
}
