import type {AskedRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';

/**
 * The request, if it is one for the operation that an endpoint answers.
 * @throws RetakeError `internal`
 */
export function requestFor<Operation extends AskedRequest['operation']>(
  operation: Operation,
  request: AskedRequest,
): Extract<AskedRequest, {operation: Operation}> {
  if (isFor(operation, request)) return request;
  throw new RetakeError(
    'internal',
    `An answer to the operation ${operation} was decoded for ${request.operation}`,
  );
}

function isFor<Operation extends AskedRequest['operation']>(
  operation: Operation,
  request: AskedRequest,
): request is Extract<AskedRequest, {operation: Operation}> {
  return request.operation === operation;
}
