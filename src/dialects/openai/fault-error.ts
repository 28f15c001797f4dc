import {RetakeError, unreachable} from '../../errors.js';
import type {Refusal} from '../../faults/fault.js';
import type {FaultQuestion} from '../dialect.js';
import {retryAfterHeaders, secondsText} from '../kit/retry-after.js';

/** The error by which OpenAI refuses an answer: https://platform.openai.com/docs/guides/error-codes */
export function faultError({name, retryAfter}: Refusal, {model}: FaultQuestion): RetakeError {
  switch (name) {
    case 'rate-limit': {
      const wait = secondsText(retryAfter ?? 0);
      const message = `Rate limit reached for ${model} on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in ${wait}. Visit https://platform.openai.com/account/rate-limits to learn more.`;
      return refusal(429, {
        error: {message, type: 'requests', param: null, code: 'rate_limit_exceeded'},
        headers: {
          ...retryAfterHeaders(retryAfter),
          'retry-after-ms': String(retryAfter ?? 0),
          'x-ratelimit-limit-requests': '500',
          'x-ratelimit-limit-tokens': '200000',
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-remaining-tokens': '199000',
          'x-ratelimit-reset-requests': wait,
          'x-ratelimit-reset-tokens': '300ms',
        },
      });
    }
    case 'overloaded':
      return refusal(503, {
        error: serverError('The engine is currently overloaded, please try again later'),
        headers: retryAfterHeaders(retryAfter),
      });
    case 'server-error':
      return refusal(500, {
        error: serverError(
          'The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists.',
        ),
        headers: {},
      });
    default:
      return unreachable(name);
  }
}

type OwnError = {
  readonly message: string;
  readonly type: string;
  readonly param: null;
  readonly code: string | null;
};

function serverError(message: string): OwnError {
  return {message, type: 'server_error', param: null, code: null};
}

function refusal(
  status: number,
  {error, headers}: {readonly error: OwnError; readonly headers: Readonly<Record<string, string>>},
): RetakeError {
  const {message, type, code} = error;
  return new RetakeError('fault', message, {status, reason: code ?? type, headers, body: {error}});
}
