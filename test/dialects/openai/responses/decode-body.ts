import {type JsonObject, parseJson, stringifyJson} from '../../../../src/chat/json.js';
import type {AskedContent, ChatRequest} from '../../../../src/chat/request.js';
import type {DecodedRequest} from '../../../../src/dialects/dialect.js';
import {RetakeError} from '../../../../src/errors.js';
import {asChat, openai, questionEndpoint} from '../../../support/dialects.js';

/** A body with the required fields only, and others added or replaced. */
export function bodyWith(fields: JsonObject): JsonObject {
  return {model: 'gpt-4o', input: 'hi', ...fields};
}

/** Decodes a body as text, the way it arrives. */
export function decode(body: JsonObject, endpoint = 'createResponse'): DecodedRequest {
  return questionEndpoint(openai.endpoints[endpoint]).decodeRequest({
    path: '/v1/responses',
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: parseJson(stringifyJson(body)),
  });
}

export function decodeFields(fields: JsonObject): ChatRequest<AskedContent> {
  return asChat(decode(bodyWith(fields)).request);
}

/** The error that a client gets for these fields. */
export function refusalOf(fields: JsonObject, endpoint?: string): JsonObject {
  try {
    decode(bodyWith(fields), endpoint);
  } catch (error) {
    if (error instanceof RetakeError) return JSON.parse(openai.encodeError(error).body).error;
    throw error;
  }
  throw new Error('Expected the body to be refused, but it was accepted');
}
