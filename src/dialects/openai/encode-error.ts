import type {RetakeError} from '../../errors.js';
import type {EncodedError} from '../dialect.js';
import {retryHeaders} from '../kit/json-answer.js';
import type {ErrorBody} from './chat-completions/reply-schema.js';
import {headersFor} from './response-headers.js';

/** An error in OpenAI's shape. A header tells the SDKs not to retry if a retry cannot help. */
export function encodeError(error: RetakeError): EncodedError {
  const body = JSON.stringify(errorBody(error));
  return {
    status: error.status,
    headers: {...headersFor(body), ...retryHeaders(error)},
    body,
  };
}

export function errorBody(error: RetakeError): ErrorBody | NonNullable<RetakeError['body']> {
  if (error.body) return error.body;
  const {hint, status, field} = error;
  const message = wordsOf(error);
  return {
    error: {
      message: hint === undefined ? message : `${message}\n${hint}`,
      type: typeByStatus(status),
      param: field ?? null,
      code: codeOf(error),
    },
  };
}

function wordsOf({message, contextLength}: RetakeError): string {
  if (!contextLength) return message;
  const {tokens, limit} = contextLength;
  return `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
}

function typeByStatus(status: number): string {
  if (status >= 500) return 'server_error';
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 429:
      return 'rate_limit_error';
    default:
      return 'invalid_request_error';
  }
}

/** OpenAI's error code, if it has one; it has none for a body that it cannot parse. */
function codeOf({code, reason, answered, status}: RetakeError): string | null {
  if (reason !== undefined) return reason;
  // Of an error with which the upstream answered, the code is the API's own.
  if (answered && code !== 'context_length_exceeded') return status === 429 ? 'rate_limit_exceeded' : null;
  switch (code) {
    case 'invalid_request':
      return null;
    case 'not_found':
      return 'unknown_url';
    default:
      return code;
  }
}
