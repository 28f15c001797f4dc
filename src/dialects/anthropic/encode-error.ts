import type {RetakeError} from '../../errors.js';
import type {EncodedError} from '../dialect.js';
import {retryHeaders} from '../kit/json-answer.js';
import {localHeaders} from './response-headers.js';

/** Error types by status, as https://docs.claude.com/en/api/errors lists them. */
const typesByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error in Anthropic's shape. A header tells the SDKs not to retry if a retry cannot help. */
export function encodeError(error: RetakeError): EncodedError {
  return {
    status: error.status,
    headers: {...localHeaders, ...retryHeaders(error)},
    body: JSON.stringify(errorBody(error)),
  };
}

export function errorBody(error: RetakeError): NonNullable<RetakeError['body']> {
  const {code, reason, hint, status, body, answered} = error;
  if (body) return body;
  const message = wordsOf(error);
  const type = typesByStatus[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  return {
    type: 'error',
    error: {
      type,
      message: hint === undefined ? message : `${message}\n${hint}`,
      // Of an error with which the upstream answered, nothing is added to what the API says.
      details: answered ? null : {error_code: reason ?? code},
    },
    // An error has no take, and so no stable id.
    request_id: null,
  };
}

function wordsOf({message, contextLength}: RetakeError): string {
  if (!contextLength) return message;
  return `prompt is too long: ${contextLength.tokens} tokens > ${contextLength.limit} maximum`;
}
