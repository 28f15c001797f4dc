import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import type {ExecutionContext} from 'ava';

export type CountedPostgres = {
  readonly port: number;
  /** The statements of each round trip so far: what was sent before the server was asked to answer. */
  readonly roundTrips: readonly (readonly string[])[];
};

/** Passes connections to a PostgreSQL server, and reads what clients send (https://www.postgresql.org/docs/current/protocol.html). */
export async function countedPostgres(t: ExecutionContext, port: number): Promise<CountedPostgres> {
  const roundTrips: string[][] = [];
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    const read = messageReader(roundTrips);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', read);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {port: (server.address() as AddressInfo).port, roundTrips};
}

/** Messages have a type of one byte and a length; the first ones of a connection, which set it up, have no type. */
function messageReader(roundTrips: string[][]): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isSetUp = false;
  let statements: string[] = [];
  return data => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const start = isSetUp ? 1 : 0;
      if (rest.length < start + 4) return;
      const end = start + rest.readUInt32BE(start);
      if (rest.length < end) return;
      const type = isSetUp ? String.fromCharCode(rest[0] ?? 0) : '';
      const body = rest.subarray(start + 4, end);
      rest = rest.subarray(end);
      // A start-up message of protocol 3; a request for encryption, which comes before it, has another number.
      if (!isSetUp) isSetUp = body.readUInt16BE(0) === 3;
      const texts = body.toString().split('\0');
      if (type === 'P') statements.push(texts[1] ?? '');
      if (type === 'Q') statements.push(texts[0] ?? '');
      if (type === 'S' || type === 'Q') {
        roundTrips.push(statements);
        statements = [];
      }
    }
  };
}
