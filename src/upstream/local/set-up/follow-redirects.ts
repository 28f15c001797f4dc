import {Agent, type Dispatcher, EnvHttpProxyAgent, request} from 'undici';
import {setUpError} from './set-up-error.js';

const maximumRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

export type FileConnection = {
  /** @throws RetakeError `setup_failed` if there are too many redirects, or if one leads to an address that is not allowed */
  get(url: string, headers: Record<string, string>): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
};

/** Downloads over HTTP, through the proxy of the environment if there is one; addresses of this machine are reached directly. */
export function fileConnection({
  stallTimeout,
  signal,
}: {
  stallTimeout: number;
  signal?: AbortSignal | undefined;
}): FileConnection {
  const timeouts = {connect: {timeout: 30_000}, headersTimeout: stallTimeout, bodyTimeout: stallTimeout};
  const direct = new Agent(timeouts);
  const proxied = new EnvHttpProxyAgent(timeouts);
  return {
    async get(url, headers) {
      let address = new URL(url);
      for (let hops = 0; hops <= maximumRedirects; hops++) {
        const response = await request(address, {
          dispatcher: isLoopback(address) ? direct : proxied,
          // The length and the digest are those of the uncompressed file.
          headers: {...headers, 'accept-encoding': 'identity', 'user-agent': 'retake'},
          signal: signal ?? null,
        });
        const {location} = response.headers;
        if (!redirects.has(response.statusCode) || typeof location !== 'string') return response;
        await response.body.dump();
        address = nextAddress(address, location);
      }
      throw setUpError(
        `${new URL(url).host} redirects more than ${maximumRedirects} times`,
        'Check the address of the model.',
      );
    },
    async close() {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}

/** The address of a redirect, if a download may follow it. */
export function nextAddress(from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw setUpError(
      `${from.host} redirects to \`${location}\`, which is not an http(s) address`,
      'Check the address of the model.',
    );
  if (from.protocol === 'https:' && next.protocol === 'http:' && !isLoopback(next))
    throw setUpError(
      `${from.host} redirects from https to http (${next.host}), which is not encrypted`,
      'Use an address that stays on https.',
    );
  return next;
}

function isLoopback({hostname}: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
