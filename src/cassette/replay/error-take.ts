import {isJsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import {limitHeaders} from '../../chat/limit-headers.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {errorFinish, isSameForm, RelayedError, utf8Text, type WireForm, wireBody} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import type {Take, TakeAnswer} from '../take.js';
import {wireOf} from './wire-of.js';

/** The answer that an upstream's error is kept as; undefined for one that the upstream did not answer with. */
export function errorAnswer(error: RetakeError, at: number): TakeAnswer | undefined {
  const {answered, code, message, status, hint, field, headers} = error;
  if (!answered) return undefined;
  const relayed = error instanceof RelayedError ? error : undefined;
  const wire =
    relayed?.form && wireOf({...relayed.response, form: relayed.form}, [{at, bytes: relayed.response.body}]);
  return omitUndefined({
    chunks: errorChunks(answered.by ?? unknownModel, at),
    wire,
    error: omitUndefined({
      ...{status, code, hint, field},
      message: (relayed && messageIn(relayed.response.body)) ?? message,
      headers: relayed ? limitHeaders(relayed.response.headers) : headers,
    }),
  });
}

const unknownModel = 'unknown';

/** The chunks of an error. */
export function errorChunks(model: string, at: number): Take['chunks'] {
  return [
    {at: 0, chunk: {type: 'reply-start', answeredBy: {model}}},
    {at, chunk: {type: 'reply-end', finish: [{unified: 'other', raw: errorFinish}]}},
  ];
}

/** The error of a take for a client: in the provider's bytes where they are of that form, and else for its dialect to encode. */
export function errorOf({error, wire}: Take, form: WireForm | undefined): RetakeError | undefined {
  if (!error) return undefined;
  const {code, message, ...details} = error;
  if (!wire || !fits(wire, form))
    return new RetakeError(code, message, {...details, answered: {status: error.status}});
  const {status, headers} = wire;
  return new RelayedError(message, {
    status,
    headers: {...headers, ...error.headers},
    body: wireBody(wire),
  });
}

function fits(wire: WireForm, form: WireForm | undefined): boolean {
  return wire.delivery === 'raw' ? wire.dialect === form?.dialect : isSameForm(wire, form);
}

/**
 * An error for a person who reads no bodies, with what a provider said in the body of its own error. Only for requests with a key of retake,
 * which is nowhere in that body.
 */
export function withProviderWords(error: RetakeError): RetakeError {
  const said = error instanceof RelayedError ? messageIn(error.response.body) : undefined;
  if (said === undefined || error.message.includes(said)) return error;
  const {code, status, hint, answered} = error;
  return new RetakeError(code, `${error.message}: ${said}`, {status, hint, answered, cause: error});
}

/** `{"error": {"message"}}` of all three APIs, in a list from Gemini's streams. */
function messageIn(body: Uint8Array): string | undefined {
  const value = parsed(utf8Text(body) ?? '');
  const [first] = Array.isArray(value) ? value : [value];
  const error = isJsonObject(first) ? first['error'] : undefined;
  const message = isJsonObject(error) ? error['message'] : error;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // The page of a gateway: its status says enough.
    return undefined;
  }
}
