import {RetakeError} from '../errors.js';

/** The error of a request whose client closed the connection before the response was complete. */
export function clientClosed(cause?: unknown): RetakeError {
  return new RetakeError(
    'client_closed',
    'The client closed the connection before the response was complete',
    {cause},
  );
}

/** The error of a request whose client did not read its answer. It has the code of a client that closed its connection. */
export function clientStalled(): RetakeError {
  return new RetakeError(
    'client_closed',
    'The client did not read its answer, so retake closed the connection',
  );
}
