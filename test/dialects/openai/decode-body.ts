import {type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../src/chat/json.js';
import type {AskedContent, ChatRequest} from '../../../src/chat/request.js';
import type {DecodedRequest} from '../../../src/dialects/dialect.js';
import {RetakeError} from '../../../src/errors.js';
import {asChat, openai, questionEndpoint} from '../../support/dialects.js';

/** A body with the required fields only, and others added or replaced. */
export function bodyWith(fields: JsonObject): JsonObject {
  return {model: 'gpt-4o', messages: [{role: 'user', content: 'hi'}], ...fields};
}

/** Decodes a body as text, the way it arrives. */
export function decode(
  body: JsonValue | string,
  params: Readonly<Record<string, string>> = {},
): DecodedRequest {
  return questionEndpoint(openai.endpoints['chatCompletions']).decodeRequest({
    path: '/v1/chat/completions',
    params,
    query: new URLSearchParams(),
    headers: {},
    body: parseJson(typeof body === 'string' ? body : stringifyJson(body)),
  });
}

export function decodeFields(fields: JsonObject): ChatRequest<AskedContent> {
  return asChat(decode(bodyWith(fields)).request);
}

export function decodeMessages(...messages: JsonObject[]): ChatRequest<AskedContent>['turns'] {
  return decodeFields({messages}).turns;
}

/** The error body and status that a client gets for a body. */
export function refusalOf(body: JsonValue | string): {status: number; error: JsonObject} {
  try {
    decode(body);
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    const encoded = openai.encodeError(error);
    return {status: encoded.status, error: JSON.parse(encoded.body).error};
  }
  throw new Error('Expected the body to be refused, but it was accepted');
}
