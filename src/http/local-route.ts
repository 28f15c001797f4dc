import type {FastifyReply, FastifyRequest} from 'fastify';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {LocalEndpoint} from '../dialects/dialect.js';
import {RetakeError, toRetakeError} from '../errors.js';
import type {AnsweringOptions} from './ask.js';
import {answerRaw} from './raw-route.js';
import {bytesOf} from './request-bytes.js';
import {sendWhole} from './send-whole.js';

/**
 * Answers at an endpoint that needs no model: model lists, files, stored responses. What a provider answered has been recorded as a raw
 * question, and comes first: with a provider, all of that is the provider's.
 */
export async function answerLocal(
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: LocalEndpoint,
  options: AnsweringOptions,
): Promise<void> {
  if (endpoint.isOwn || !(await isAnsweredRaw(request, reply, options)))
    await answerLocally(request, reply, endpoint, options);
}

/** Nothing but the signal that there is no recording. */
const noRecording = new RetakeError('not_found', 'There is no recording of this request');

async function isAnsweredRaw(
  request: FastifyRequest,
  reply: FastifyReply,
  options: AnsweringOptions,
): Promise<boolean> {
  try {
    await answerRaw(request, reply, noRecording, options, {hasOwnAnswer: true});
    return true;
  } catch (error) {
    // Local endpoints need neither a cassette nor settings that fit one.
    const isFinal = ['client_closed', 'cassette_miss'].includes(toRetakeError(error).code);
    const isLocal = error === noRecording || (!options.hasProvider && !isFinal);
    if (isLocal && !reply.sent && !reply.raw.headersSent) return false;
    throw error;
  }
}

async function answerLocally(
  {exchange, headers, body}: FastifyRequest,
  reply: FastifyReply,
  endpoint: LocalEndpoint,
  {objects}: AnsweringOptions,
): Promise<void> {
  const {location, query, path, prefix} = exchange.address;
  await objects?.pull();
  const answer = await endpoint.answer(
    omitUndefined({
      params: location?.params ?? {},
      query,
      headers,
      path,
      prefix,
      bytes: bytesOf(body),
    }),
  );
  await objects?.settle();
  sendWhole(reply, answer);
}
