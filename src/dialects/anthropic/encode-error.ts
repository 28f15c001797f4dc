import type {RetakeError} from '../../errors.js';
import type {EncodedError} from '../dialect.js';

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

/** An error in Anthropic's shape. */
export function encodeError(error: RetakeError): EncodedError {
  const type = typesByStatus[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error');
  const message = error.hint ? `${error.message}\n${error.hint}` : error.message;
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      ...(!error.retryable && {'x-should-retry': 'false'}),
    },
    body: JSON.stringify({type: 'error', error: {type, message, details: {error_code: error.code}}}),
  };
}
