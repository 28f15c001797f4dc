import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import type {ExecutionContext} from 'ava';

/** A connection on which a test sends every byte itself. */
export type RawConnection = {
  readonly socket: Socket;
  /** The bytes received so far. */
  readonly received: string;
  send(bytes: string | Uint8Array): void;
  /** Resolves to the received bytes as soon as the pattern matches. */
  untilReceived(pattern: RegExp): Promise<string>;
  /** Resolves to all received bytes, once the connection is closed in any way. */
  untilClosed(): Promise<string>;
};

export async function rawConnection(t: ExecutionContext, url: string): Promise<RawConnection> {
  const {hostname, port} = new URL(url);
  const socket = connect({host: hostname, port: Number(port)});
  t.teardown(() => socket.destroy());
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', text => {
    received += text;
    socket.emit('received');
  });
  // A reset is an end like any other: `untilClosed` returns what came before it.
  socket.on('error', () => {});
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    get received() {
      return received;
    },
    send: bytes => void socket.write(bytes),
    async untilReceived(pattern) {
      while (!pattern.test(received)) {
        if (socket.closed) throw new Error(`The connection was closed after ${JSON.stringify(received)}`);
        await Promise.race([once(socket, 'received'), closed]);
      }
      return received;
    },
    async untilClosed() {
      await closed;
      return received;
    },
  };
}

/** A POST of a JSON body in wire format. */
export function rawPost(path: string, body: object | string, headers: readonly string[] = []): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...headers,
    '',
    text,
  ].join('\r\n');
}
