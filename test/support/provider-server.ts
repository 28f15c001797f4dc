import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import type {ExecutionContext} from 'ava';

/** A request as a provider receives it. */
export type ProvidedRequest = {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type ProviderScript = (
  request: ProvidedRequest,
  response: ServerResponse,
  index: number,
) => Promise<void> | void;

export type ProviderServer = {
  readonly url: string;
  readonly requests: readonly ProvidedRequest[];
  follow(script: ProviderScript): void;
};

/** A real HTTP server in a provider's place, which sends exactly what its script writes; it ends with the test. */
export async function providerServer(t: ExecutionContext, script: ProviderScript): Promise<ProviderServer> {
  const requests: ProvidedRequest[] = [];
  let follows = script;
  const server = createServer(async (incoming, response) => {
    const {method = '', url = '', headers} = incoming;
    const request = {method, url, headers, body: await buffer(incoming)};
    requests.push(request);
    await follows(request, response, requests.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    follow(next) {
      follows = next;
    },
  };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(value));
}
