import {createHash} from 'node:crypto';
import type {AnswerIdentity} from '../dialect.js';

export function jsonHeaders(identity: AnswerIdentity): Record<string, string> {
  return {'content-type': 'application/json', ...requestId(identity.id)};
}

export function streamHeaders(identity: AnswerIdentity): Record<string, string> {
  return {'content-type': 'text/event-stream; charset=utf-8', ...requestId(identity.id)};
}

/** Headers of responses without a take: the id is derived from the body. */
export function headersFor(
  body: string | Uint8Array,
  contentType = 'application/json',
): Record<string, string> {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 24);
  return {'content-type': contentType, ...requestId(digest)};
}

/** The header with which an application names a request. */
function requestId(id: string): Record<string, string> {
  return {'x-request-id': `req_${id}`};
}
