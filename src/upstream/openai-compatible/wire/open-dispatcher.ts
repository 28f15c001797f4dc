import {type Dispatcher, EnvHttpProxyAgent, Pool} from 'undici';

const maxConnections = 128;

/**
 * The connections to one origin. They go through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, except those to this machine: a
 * proxy could not reach it.
 */
export function openDispatcher(origin: string, connectTimeout: number): Dispatcher {
  const options = {
    connections: maxConnections,
    connect: {timeout: connectTimeout},
    // llama-server closes a connection after a streamed answer although it announces keep-alive: a request sent on it would be lost.
    pipelining: 0,
    // The watchdog of each request sets its timeouts.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  return isLoopback(origin) ? new Pool(origin, options) : new EnvHttpProxyAgent(options);
}

function isLoopback(origin: string): boolean {
  const {hostname} = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
