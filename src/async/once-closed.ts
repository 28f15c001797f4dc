import type {IncomingMessage, ServerResponse} from 'node:http';

/**
 * Calls back once when an exchange is over: its response was sent, or its connection closed. A response that still waits for its turn on a
 * connection does not get the end of that connection.
 */
export function onceClosed({socket}: IncomingMessage, response: ServerResponse, callback: () => void): void {
  let isOver = false;
  const end = () => {
    // A closing connection emits to its response and then to its own listeners, even to those that were just removed.
    if (isOver) return;
    isOver = true;
    response.off('close', end);
    socket.off('close', end);
    callback();
  };
  response.once('close', end);
  socket.once('close', end);
}
