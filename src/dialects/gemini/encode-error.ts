import {omitUndefined} from '../../chat/omit-undefined.js';
import type {RetakeError} from '../../errors.js';
import type {EncodedError} from '../dialect.js';
import {retryHeaders} from '../kit/json-answer.js';
import {oneLine} from '../kit/one-line.js';
import {fieldViolationsOf} from './field-violations.js';
import {jsonHeaders} from './response-headers.js';

/** Google's error shape, `google.rpc.Status` as JSON. Google's own clients ignore `x-should-retry`; others respect it. */
export function encodeError(error: RetakeError): EncodedError {
  return {
    status: error.status,
    headers: {...jsonHeaders, ...retryHeaders(error)},
    body: errorJson(error),
  };
}

/** The error as JSON on one line. */
export function errorJson(error: RetakeError): string {
  if (error.body) return oneLine(JSON.stringify(error.body));
  const words = wordsOf(error);
  const message = error.hint === undefined ? words : `${words.trimEnd()}\n${error.hint}`;
  const details = detailsOf(error);
  return oneLine(
    JSON.stringify({
      error: omitUndefined({
        ...{code: error.status, message, status: statusWord(error.status)},
        details: details.length > 0 ? details : undefined,
      }),
    }),
  );
}

function detailsOf(error: RetakeError): readonly object[] {
  const fieldViolations = fieldViolationsOf(error);
  return [
    ...(fieldViolations.length === 0
      ? []
      : [{'@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations}]),
    // An error with which the upstream answered is none of retake's.
    ...(error.answered
      ? []
      : [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: error.code.toUpperCase(),
            domain: 'retake',
          },
        ]),
  ];
}

/** The name of the `google.rpc.Code` for an HTTP status. */
function statusWord(status: number): string {
  return statusWords[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}

const statusWords: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function wordsOf({message, contextLength}: RetakeError): string {
  if (!contextLength) return message;
  const {tokens, limit} = contextLength;
  return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`;
}
