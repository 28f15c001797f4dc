import {once} from 'node:events';
import {createServer, request as forward} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

/** A server that sends each request to the next of these addresses. Returns its own. */
export async function roundRobin(t: ExecutionContext, addresses: readonly string[]): Promise<string> {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    const target = new URL(addresses[count++ % addresses.length] ?? '');
    const {hostname, port} = target;
    const {method, url: path, headers} = incoming;
    const passed = forward({hostname, port, method, path, headers}, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
