import {type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../src/chat/json.js';
import type {AskedContent, ChatRequest} from '../../../src/chat/request.js';
import type {DecodedRequest} from '../../../src/dialects/dialect.js';
import {RetakeError} from '../../../src/errors.js';
import {anthropic, asChat, questionEndpoint} from '../../support/dialects.js';

/** A body with the required fields only, and others added or replaced. */
export function bodyWith(fields: JsonObject): JsonObject {
  return {model: 'claude', max_tokens: 2000, messages: [{role: 'user', content: 'hi'}], ...fields};
}

/** Decodes a body as text, the way it arrives. */
export function decode(body: JsonValue, endpoint = 'messages'): DecodedRequest {
  return questionEndpoint(anthropic.endpoints[endpoint]).decodeRequest({
    params: {},
    query: new URLSearchParams(),
    headers: {},
    path: '/v1/messages',
    body: parseJson(stringifyJson(body)),
  });
}

export function decodeFields(fields: JsonObject): ChatRequest<AskedContent> {
  return asChat(decode(bodyWith(fields)).request);
}

export function decodeMessages(...messages: JsonObject[]): ChatRequest<AskedContent>['turns'] {
  return decodeFields({messages}).turns;
}

/** The error body and status that a client gets for a body. */
export function refusalOf(body: JsonValue): {status: number; type: string; message: string} {
  try {
    decode(body);
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    const {status, body: text} = anthropic.encodeError(error);
    const {type, message} = JSON.parse(text).error;
    return {status, type, message};
  }
  throw new Error(`Expected ${stringifyJson(body)} to be refused, but it was accepted`);
}
