import {RetakeError, unreachable} from '../../errors.js';
import type {Refusal} from '../../faults/fault.js';
import type {FaultQuestion} from '../dialect.js';
import {secondsText} from '../kit/retry-after.js';

/** The error by which Gemini refuses an answer, `google.rpc.Status` as JSON: https://ai.google.dev/gemini-api/docs/troubleshooting */
export function faultError({name, retryAfter}: Refusal, {model}: FaultQuestion): RetakeError {
  switch (name) {
    case 'rate-limit': {
      const delay = secondsText(retryAfter ?? 0);
      return refusal(429, {
        status: 'RESOURCE_EXHAUSTED',
        message: `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: ${metric}, limit: 10, model: ${model}\nPlease retry in ${delay}.`,
        details: [quotaFailure(model), help, retryInfo(delay)],
      });
    }
    case 'overloaded':
      return refusal(503, {
        status: 'UNAVAILABLE',
        message: 'The model is overloaded. Please try again later.',
        details: retryAfter === undefined ? [] : [retryInfo(secondsText(retryAfter))],
      });
    case 'server-error':
      return refusal(500, {
        status: 'INTERNAL',
        message:
          'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
        details: [],
      });
    default:
      return unreachable(name);
  }
}

const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';

const help = {
  '@type': 'type.googleapis.com/google.rpc.Help',
  links: [
    {
      description: 'Learn more about Gemini API quotas',
      url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
  ],
};

function quotaFailure(model: string): Detail {
  const violation = {
    quotaMetric: metric,
    quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
    quotaDimensions: {location: 'global', model},
    quotaValue: '10',
  };
  return {'@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation]};
}

function retryInfo(retryDelay: string): Detail {
  return {'@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay};
}

type Detail = NonNullable<RetakeError['body']>;

type OwnError = {readonly status: string; readonly message: string; readonly details: readonly Detail[]};

function refusal(code: number, {status, message, details}: OwnError): RetakeError {
  const error = {code, message, status};
  const body = {error: details.length === 0 ? error : {...error, details}};
  return new RetakeError('fault', message, {status: code, body});
}
