import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import {RetakeError} from '../errors.js';
import {splitTarget} from './request-target.js';

export type GuardOptions = {
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
};

/**
 * Rejects what a foreign web page can make a browser send: a request to an unknown host (DNS rebinding), or from an origin that is not
 * allowed. Programs other than browsers send no Origin header.
 * @throws RetakeError `forbidden_host`
 */
export function guardRequest(
  {headers, rawHeaders, url = '/'}: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>,
  {allowedHosts, corsOrigins}: GuardOptions,
): void {
  const {host, origin} = headers;
  guardHost(host, allowedHosts);
  // The host of an absolute target takes the place of the Host header: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
  guardHost(splitTarget(url).host, allowedHosts);
  if (countHosts(rawHeaders) > 1) {
    throw new RetakeError('forbidden_host', 'Expected one Host header, got more than one');
  }
  if (origin !== undefined && !isAllowedOrigin(origin, host, corsOrigins)) {
    throw new RetakeError(
      'forbidden_host',
      `Requests from the origin ${JSON.stringify(origin)} are not allowed`,
      {
        hint: 'To allow them, add the origin to the option `corsOrigins`.',
      },
    );
  }
}

function guardHost(host: string | undefined, allowedHosts: readonly string[]): void {
  if (host === undefined || isAllowedHost(hostName(host), allowedHosts)) return;
  throw new RetakeError('forbidden_host', `Requests to the host ${JSON.stringify(host)} are not allowed`, {
    hint: 'To allow them, add the host to the option `allowedHosts`.',
  });
}

/** The headers that let a page of an allowed origin read the response (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function corsHeaders(
  {origin}: IncomingHttpHeaders,
  {corsOrigins}: GuardOptions,
): Readonly<Record<string, string>> {
  if (origin === undefined || !isListed(origin, corsOrigins)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': '*',
    vary: 'origin',
  };
}

/** The headers that the response to a CORS preflight of an allowed origin has besides. */
export function preflightHeaders(
  {origin = '', ...headers}: IncomingHttpHeaders,
  {corsOrigins}: GuardOptions,
): Readonly<Record<string, string>> {
  if (!isListed(origin, corsOrigins)) return {};
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
  };
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

function isAllowedHost(name: string, allowedHosts: readonly string[]): boolean {
  return loopbackHosts.has(name) || name.endsWith('.localhost') || isListed(name, allowedHosts);
}

function isAllowedOrigin(origin: string, host: string | undefined, corsOrigins: readonly string[]): boolean {
  return origin === `http://${host}` || isListed(origin, corsOrigins);
}

function isListed(value: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(value);
}

/** The host without its port, in lower case. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** The number of Host headers, of which Node's `headers` have only the first. `rawHeaders` are names and values in turn. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
