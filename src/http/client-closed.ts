import {RetakeError} from '../errors.js';

/** The error of a request whose client closed the connection before the response was complete. */
export function clientClosed(cause?: unknown): RetakeError {
  return new RetakeError(
    'client_closed',
    'The client closed the connection before the response was complete',
    {cause},
  );
}
