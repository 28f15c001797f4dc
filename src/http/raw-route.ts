import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {modes} from '../cassette/modes.js';
import {RetakeError as Refusal, type RetakeError, toRetakeError} from '../errors.js';
import {type AnsweringOptions, ask, controlOf, rawQuestion} from './ask.js';
import {methodNotAllowed} from './method-not-allowed.js';
import {isService} from './services.js';

/**
 * Answers a request that retake does not serve, or refuses: from the recordings of raw questions, or from the provider of its API.
 * @throws `refusal` if there is neither
 */
export async function answerRaw(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: RetakeError,
  options: AnsweringOptions,
  {hasOwnAnswer = false}: {readonly hasOwnAnswer?: boolean} = {},
): Promise<void> {
  const refused = withHint(refusal, options);
  const control = controlOf(request, options);
  // Only a provider or a recording can answer it.
  if (!options.hasProvider && !modes[control.mode].looksUp) throw refused;
  const asking = {
    control,
    request: rawQuestion(request),
    modelName: '',
    warnings: [],
    refusal: refused,
    hasOwnAnswer,
  };
  try {
    await ask(request, reply, asking, options);
  } catch (error) {
    // Where there are no recordings, what was wrong with the request is still wrong.
    throw toRetakeError(error).code === 'no_cassette' ? refused : error;
  }
}

/** Says that there is a way to record what retake does not serve. */
function withHint(refusal: RetakeError, {hasProvider, mode}: AnsweringOptions): RetakeError {
  const {code, message, status, field, reason, headers, cause, hint: ownHint} = refusal;
  const isUnserved = code === 'not_supported' || (code === 'not_found' && ownHint === undefined);
  if (hasProvider || !isUnserved || modes[mode].onMiss === 'fail') return refusal;
  const way = 'With the option `upstream.provider`, the API itself answers it, and retake records that.';
  const hint = ownHint === undefined ? way : `${ownHint} ${way}`;
  return new Refusal(code, message, {status, field, reason, headers, cause, hint});
}

/** Requests that no endpoint serves. */
export function registerUnserved(app: FastifyInstance, options: AnsweringOptions): void {
  app.setNotFoundHandler(async (request, reply) => {
    const {method, exchange, headers} = request;
    if (isService(exchange)) throw methodNotAllowed(method, exchange.address.path, ['GET']);
    if (headers.upgrade?.toLowerCase() === 'websocket') {
      throw new Refusal(
        'not_found',
        `retake neither serves nor records WebSockets: ${method} ${exchange.address.path}`,
        {hint: 'Send the request over HTTP, to an endpoint that streams events.'},
      );
    }
    const refusal = new Refusal(
      'not_found',
      `retake does not serve the endpoint ${method} ${exchange.address.path}`,
    );
    await answerRaw(request, reply, refusal, options);
  });
}

/** The error as one of the catalogue, if a raw question may take its place: the request was refused, and retake is sound. */
export function refusalOf(error: unknown): RetakeError | undefined {
  const refusal = toRetakeError(error);
  return refusal.status < 500 && refusal.code !== 'client_closed' ? refusal : undefined;
}
