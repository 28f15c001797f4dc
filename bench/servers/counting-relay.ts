import {once} from 'node:events';
import {type AddressInfo, connect, createServer} from 'node:net';

/** Passes connections on to PostgreSQL, and counts the requests of the client that wait for an answer. */
export type CountingRelay = {readonly port: number; roundTrips(): number; close(): void};

/** `S` ends a request with parameters, `Q` is one without (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const endsRequest = new Set(['S', 'Q'].map(letter => letter.charCodeAt(0)));

export async function startCountingRelay(serverPort: number): Promise<CountingRelay> {
  let roundTrips = 0;
  const server = createServer(client => {
    const upstream = connect(serverPort, '127.0.0.1');
    const count = countMessages(() => roundTrips++);
    client.on('data', count);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => roundTrips,
    close: () => server.close(),
  };
}

/** Calls back for each message that ends a request. The first message of a connection has no type. */
function countMessages(onRequest: () => void): (data: Buffer) => void {
  let isFirst = true;
  let rest: Buffer = Buffer.alloc(0);
  return data => {
    rest = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      // Whether encryption is wanted: eight bytes, after which the first message follows.
      const isQuestion = isFirst && rest.readUInt32BE(4) === 80_877_103;
      if (!isFirst && endsRequest.has(rest[0] ?? 0)) onRequest();
      isFirst &&= isQuestion;
      rest = rest.subarray(length);
    }
  };
}
