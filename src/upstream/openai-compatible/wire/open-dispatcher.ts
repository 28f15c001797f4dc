import {type Dispatcher, EnvHttpProxyAgent, Pool} from 'undici';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {environmentProxy, openProxyPool} from './environment-proxy.js';
import {withoutTimeouts} from './reuse-connections.js';

/**
 * The connections to one origin, one for each request. They go through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, except
 * those to this machine: a proxy could not reach it.
 * @throws RetakeError `invalid_setting` if a variable is not the URL of a proxy
 */
export function openDispatcher(origin: string, connectTimeout: number): Dispatcher {
  const options = {
    connect: {timeout: connectTimeout},
    // llama-server closes a connection after a streamed answer although it announces keep-alive: a request sent on it would be lost.
    pipelining: 0,
    ...withoutTimeouts,
  };
  if (isLoopback(origin)) return new Pool(origin, options);
  const httpProxy = environmentProxy('http');
  return new EnvHttpProxyAgent({
    ...options,
    ...omitUndefined({httpProxy, httpsProxy: environmentProxy('https') ?? httpProxy}),
    clientFactory: openProxyPool,
  });
}

/** Whether a proxy may be between this machine and an origin. */
export function mayBeProxied(origin: string): boolean {
  return !isLoopback(origin) && (environmentProxy('http') ?? environmentProxy('https')) !== undefined;
}

function isLoopback(origin: string): boolean {
  const {hostname} = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
