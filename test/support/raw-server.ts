import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import type {ExecutionContext} from 'ava';

/** A TCP server on loopback that does with each connection what it likes; it ends with the test. Resolves to its address. */
export async function rawServer(t: ExecutionContext, serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A peer that breaks the connection is what these tests are about.
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
