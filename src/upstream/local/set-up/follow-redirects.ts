import {Agent, type Dispatcher, EnvHttpProxyAgent, request} from 'undici';
import {setUpError} from './set-up-error.js';

const maximumRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

export type FileConnection = {
  /** @throws RetakeError `setup_failed` when the redirects are too many or lead to where a download may not go */
  get(url: string, headers: Record<string, string>): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
};

/** Asks for files over HTTP, through the proxy that the environment names, if any; this machine itself is asked directly. */
export function fileConnection({
  stallTimeout,
  signal,
}: {
  stallTimeout: number;
  signal?: AbortSignal;
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
          // The length and the digest are those of the file itself.
          headers: {...headers, 'accept-encoding': 'identity', 'user-agent': 'retake'},
          ...(signal === undefined ? {} : {signal}),
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

/** Where a redirect leads, if a download may go there. */
export function nextAddress(from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw setUpError(
      `${from.host} redirects to \`${location}\`, which is no http(s) address`,
      'Check the address of the model.',
    );
  if (from.protocol === 'https:' && next.protocol === 'http:' && !isLoopback(next))
    throw setUpError(
      `${from.host} redirects from https to http (${next.host}), where anybody on the way could read along`,
      'Use an address that stays on https.',
    );
  return next;
}

function isLoopback({hostname}: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
