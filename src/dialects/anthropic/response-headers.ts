import type {AnswerIdentity} from '../dialect.js';

export function jsonHeaders(identity: AnswerIdentity): Record<string, string> {
  return {...localHeaders, ...requestId(identity)};
}

export function streamHeaders(identity: AnswerIdentity): Record<string, string> {
  return {'content-type': 'text/event-stream; charset=utf-8', ...requestId(identity)};
}

/** The id of responses without a take. */
export const localHeaders = {'content-type': 'application/json'};

/** The header with which an application names a request. */
function requestId({id}: AnswerIdentity): Record<string, string> {
  return {'request-id': `req_${id}`};
}
