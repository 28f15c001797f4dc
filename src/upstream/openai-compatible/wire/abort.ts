import {untilAborted} from '../../../async/until-aborted.js';
import {RetakeError} from '../../../errors.js';

/** The promise's result, unless the signal aborts first: then its reason as an error. */
export function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return untilAborted(promise, signal, clientClosed);
}

/** The error for an aborted signal: its reason if that is a RetakeError, otherwise `client_closed`. */
export function clientClosed(reason: unknown): RetakeError {
  if (reason instanceof RetakeError) return reason;
  return new RetakeError('client_closed', 'The client closed the connection before its answer was complete', {
    cause: reason,
  });
}
