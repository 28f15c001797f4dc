import {once} from 'node:events';
import {createServer as createHttpServer, type RequestListener} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {generate} from 'selfsigned';
import {createReferenceFetcher, type FetchOptions} from '../../src/media/fetch-reference.js';

export type WebServer = {
  readonly port: number;
  /** Its own certificate authority, if it serves https. */
  readonly certificate: string;
};

/** A server on loopback that ends with the test; with a certificate for `names`, it serves https. */
export async function webServer(
  t: ExecutionContext,
  listener: RequestListener,
  {names = [], address = '127.0.0.1'}: {names?: readonly string[]; address?: string} = {},
): Promise<WebServer> {
  const pair = names.length > 0 ? await certify(names) : undefined;
  const server = pair
    ? createServer({key: pair.private, cert: pair.cert}, listener)
    : createHttpServer(listener);
  server.listen(0, address);
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {port: (server.address() as AddressInfo).port, certificate: pair?.cert ?? ''};
}

function certify(names: readonly string[]) {
  const day = 24 * 3600 * 1000;
  return generate([{name: 'commonName', value: 'a server of the tests'}], {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + day),
    extensions: [{name: 'subjectAltName', altNames: names.map(value => ({type: 2, value}))}],
  });
}

/** Fetches with a resolver that resolves only the given names, and records the lookups. */
export function fetcherWith({
  names = {},
  ...options
}: Partial<FetchOptions> & {names?: Record<string, readonly string[]>}) {
  const asked: string[] = [];
  const fetchReference = createReferenceFetcher({
    allowedHosts: [],
    resolve: async hostname => {
      asked.push(hostname);
      const addresses = names[hostname];
      if (addresses === undefined) throw new Error(`no such name: ${hostname}`);
      return addresses;
    },
    ...options,
  });
  const fetch = (url: string, signal?: AbortSignal) =>
    fetchReference(url, signal ?? new AbortController().signal);
  return {asked, fetch};
}
