import {RetakeError, unreachable} from '../../errors.js';
import type {Refusal} from '../../faults/fault.js';
import type {FaultQuestion} from '../dialect.js';
import {retryAfterHeaders} from '../kit/retry-after.js';

/** The error by which Anthropic refuses an answer: https://docs.claude.com/en/api/errors */
export function faultError({name, retryAfter}: Refusal, {now}: FaultQuestion): RetakeError {
  switch (name) {
    case 'rate-limit':
      return refusal(429, {
        type: 'rate_limit_error',
        message:
          "This request would exceed your organization's rate limit of 50 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.",
        headers: {...retryAfterHeaders(retryAfter), ...limitHeaders(now + (retryAfter ?? 0))},
      });
    case 'overloaded':
      return refusal(529, {
        type: 'overloaded_error',
        message: 'Overloaded',
        headers: retryAfterHeaders(retryAfter),
      });
    case 'server-error':
      return refusal(500, {type: 'api_error', message: 'Internal server error', headers: {}});
    default:
      return unreachable(name);
  }
}

/** The limits, of which the one of requests is used up until `reset`. */
function limitHeaders(reset: number): Readonly<Record<string, string>> {
  const at = new Date(Math.ceil(reset / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  return {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': at,
    'anthropic-ratelimit-tokens-limit': '40000',
    'anthropic-ratelimit-tokens-remaining': '39000',
    'anthropic-ratelimit-tokens-reset': at,
  };
}

type OwnError = {
  readonly type: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
};

function refusal(status: number, {type, message, headers}: OwnError): RetakeError {
  const body = {type: 'error', error: {details: null, type, message}, request_id: null};
  return new RetakeError('fault', message, {
    status,
    headers: {...headers, 'x-should-retry': 'true'},
    body,
  });
}
