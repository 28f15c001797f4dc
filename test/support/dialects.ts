import type {AskedContent, AskedRequest, ChatRequest} from '../../src/chat/request.js';
import {createAnthropic} from '../../src/dialects/anthropic/index.js';
import type {DialectServices, Endpoint, LocalEndpoint, QuestionEndpoint} from '../../src/dialects/dialect.js';
import {createGemini} from '../../src/dialects/gemini/index.js';
import {createOpenai} from '../../src/dialects/openai/index.js';

/** For dialects that are tested without a proxy. */
export const noSend: DialectServices['send'] = async () => {
  throw new Error('There is no proxy');
};

const services: DialectServices = {
  now: () => 1_760_000_000_000,
  localModel: () => 'gemma3-270m',
  send: noSend,
};

export const gemini = createGemini(services);
export const openai = createOpenai(services);
export const anthropic = createAnthropic(services);

/** An endpoint that calls the model. */
export function questionEndpoint(endpoint: Endpoint | undefined): QuestionEndpoint {
  if (endpoint?.kind !== 'question') throw new Error('Expected an endpoint that asks the model');
  return endpoint;
}

/** An endpoint that the proxy answers itself. */
export function localEndpoint(endpoint: Endpoint | undefined): LocalEndpoint {
  if (endpoint?.kind !== 'local') throw new Error('Expected an endpoint that needs no model');
  return endpoint;
}

export function asChat(request: AskedRequest): ChatRequest<AskedContent> {
  if (request.operation !== 'chat') throw new Error(`Expected a chat, got ${request.operation}`);
  return request;
}
