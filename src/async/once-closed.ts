import type {IncomingMessage, ServerResponse} from 'node:http';

/**
 * Calls back when an exchange is over: its response was sent, or given up together with its connection. A response that waits for its
 * turn on a connection is not told of that connection's end.
 */
export function onceClosed({socket}: IncomingMessage, response: ServerResponse, callback: () => void): void {
  let isOver = false;
  const end = () => {
    // A connection that closes tells its response, and then its own listeners, also those that were just taken off.
    if (isOver) return;
    isOver = true;
    response.off('close', end);
    socket.off('close', end);
    callback();
  };
  response.once('close', end);
  socket.once('close', end);
}
