import {type buildConnector, type Dispatcher, Pool} from 'undici';
import {RetakeError} from '../../../errors.js';

/**
 * The URL of the proxy that the environment names for a scheme. As in curl, `proxy.example:8080` is one over HTTP.
 * @throws RetakeError `invalid_setting` if it is no URL of a proxy
 */
export function environmentProxy(scheme: 'http' | 'https'): string | undefined {
  const name = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase()].find(variable => process.env[variable]);
  const value = name === undefined ? '' : (process.env[name] ?? '');
  if (name === undefined) return undefined;
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (['http:', 'https:', 'socks5:', 'socks:'].includes(protocol)) return address;
  // Its value may have a password.
  throw new RetakeError(
    'invalid_setting',
    `Expected the environment variable ${name} to be the URL of a proxy, such as http://proxy.example:8080`,
  );
}

/** A failure on the way to a proxy: it says nothing about the server behind it. */
export class ProxyFailure extends Error {
  /** Without credentials. */
  readonly proxy: string;
  readonly code: string;

  constructor(cause: Error, proxy: string) {
    super(cause.message, {cause});
    this.proxy = proxy;
    this.code = 'code' in cause ? String(cause.code) : '';
  }
}

/** The connections to a proxy. Its own failures are a `ProxyFailure`, so that they are not taken for those of the servers behind it. */
export function openProxyPool(url: URL, options: object): Dispatcher {
  const {connect} = options as Pool.Options & {readonly connect: buildConnector.connector};
  return new Pool(url, {
    ...options,
    connect: (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error) callback(new ProxyFailure(error, url.host), null);
        else callback(null, socket);
      }),
  });
}
