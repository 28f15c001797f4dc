import type {AnswerIdentity} from '../dialect.js';

export function jsonHeaders(identity: AnswerIdentity): Record<string, string> {
  return {...localHeaders, ...requestId(identity)};
}

export function streamHeaders(identity: AnswerIdentity): Record<string, string> {
  return {'content-type': 'text/event-stream; charset=utf-8', ...requestId(identity)};
}

/** For what belongs to no take. */
export const localHeaders = {'content-type': 'application/json'};

/** The header by which the SDKs let an application name a request. */
function requestId({id}: AnswerIdentity): Record<string, string> {
  return {'request-id': `req_${id}`};
}
