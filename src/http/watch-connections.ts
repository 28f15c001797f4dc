import {type IncomingMessage, type ServerResponse, STATUS_CODES} from 'node:http';
import type {Socket} from 'node:net';
import {RetakeError} from '../errors.js';

export type Connections = {
  /** Notes which response is to be sent on the connection of its request. */
  note(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Rejects bytes that are not an HTTP request, or that come too late. In the middle of another response the error would become a part of
   * it, so there the connection just ends.
   */
  refuse(error: NodeJS.ErrnoException, socket: Socket): void;
};

export function watchConnections(): Connections {
  const responses = new WeakMap<Socket, ServerResponse[]>();
  return {
    note({socket}, response) {
      const open = responses.get(socket);
      // A change of the map for each request would cost as much as reading the request's headers.
      if (!open) responses.set(socket, [response]);
      else if (open.length === 1 && open[0]?.writableFinished) open[0] = response;
      else open.splice(0, open.length, ...open.filter(earlier => !earlier.writableFinished), response);
    },
    refuse(error, socket) {
      const isInResponse = responses
        .get(socket)
        ?.some(response => response.headersSent && !response.writableFinished);
      if (error.code === 'ECONNRESET' || !socket.writable || isInResponse) socket.destroy();
      else sendRefusal(requestErrorOf(error), socket);
    },
  };
}

/** The request could not be parsed, so its dialect is unknown: the body is a plain `{error: {code, message}}`. */
function sendRefusal({status, code, message}: RetakeError, socket: Socket): void {
  const body = JSON.stringify({error: {code, message}});
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function requestErrorOf({code}: NodeJS.ErrnoException): RetakeError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RetakeError('request_timeout', 'The request was not complete within the time limit');
    case 'HPE_HEADER_OVERFLOW':
      return new RetakeError('headers_too_large', 'The request headers are larger than 16 KiB');
    default:
      return new RetakeError('invalid_request', 'Expected an HTTP/1.1 request');
  }
}
