import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';

export type Connections = {
  /** Takes note of a response that is to be sent. */
  note(request: IncomingMessage, response: ServerResponse): void;
  /**
   * What is no HTTP, or does not come in time, belongs to no dialect: a plain answer, and the connection ends. In the middle of another
   * answer the plain one would become a part of it, so there the connection just ends.
   */
  refuse(error: NodeJS.ErrnoException, socket: Socket): void;
};

export function watchConnections(): Connections {
  const responses = new WeakMap<Socket, ServerResponse[]>();
  return {
    note({socket}, response) {
      const underWay = responses.get(socket)?.filter(earlier => !earlier.writableFinished) ?? [];
      underWay.push(response);
      responses.set(socket, underWay);
    },
    refuse(error, socket) {
      const isInAnswer = responses
        .get(socket)
        ?.some(response => response.headersSent && !response.writableFinished);
      if (error.code === 'ECONNRESET' || !socket.writable || isInAnswer) socket.destroy();
      else sendRefusal(error, socket);
    },
  };
}

function sendRefusal(error: NodeJS.ErrnoException, socket: Socket): void {
  const {status, message} = connectionErrors[error.code ?? ''] ?? {
    status: '400 Bad Request',
    message: 'This is not an HTTP request',
  };
  const body = JSON.stringify({error: {message, type: 'invalid_request_error', param: null, code: null}});
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const connectionErrors: Readonly<Record<string, {status: string; message: string}>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {status: '408 Request Timeout', message: 'The request did not come in time'},
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The headers are larger than 16 KiB',
  },
};
