import type {IncomingHttpHeaders} from 'node:http';
import {RetakeError} from '../errors.js';

export type GuardOptions = {
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
};

/**
 * Refuses requests that a foreign web page makes through somebody's browser: one whose Host is not ours (DNS rebinding), or whose Origin
 * was not allowed. Programs send neither.
 * @throws RetakeError `forbidden_host`
 */
export function guardRequest(headers: IncomingHttpHeaders, {allowedHosts, corsOrigins}: GuardOptions): void {
  const {host, origin} = headers;
  if (host !== undefined && !isAllowedHost(hostName(host), allowedHosts)) {
    throw new RetakeError(
      'forbidden_host',
      `The host ${JSON.stringify(host)} is not one that this server answers to`,
      {
        hint: 'If it is meant to be allowed, add it to the option `allowedHosts`.',
      },
    );
  }
  if (origin !== undefined && !isAllowedOrigin(origin, host, corsOrigins)) {
    throw new RetakeError(
      'forbidden_host',
      `Pages of the origin ${JSON.stringify(origin)} may not ask this server`,
      {
        hint: 'If it is meant to be allowed, add it to the option `corsOrigins`.',
      },
    );
  }
}

/** What a browser needs to hand an answer to an allowed page (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function corsHeaders(
  headers: IncomingHttpHeaders,
  {corsOrigins}: GuardOptions,
): Readonly<Record<string, string>> {
  const {origin} = headers;
  if (origin === undefined || !isListed(origin, corsOrigins)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': '*',
    vary: 'origin',
  };
}

/** The answer to a browser's question whether it may ask. */
export function preflightHeaders(
  headers: IncomingHttpHeaders,
  options: GuardOptions,
): Readonly<Record<string, string>> {
  const cors = corsHeaders(headers, options);
  if (Object.keys(cors).length === 0) return {};
  return {
    ...cors,
    'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
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
