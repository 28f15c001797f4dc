import type {LookupAddress} from 'node:dns';
import {lookup} from 'node:dns/promises';
import {isIP, type LookupFunction} from 'node:net';
import {rootCertificates} from 'node:tls';
import {Agent, type Dispatcher, request} from 'undici';
import {RetakeError} from '../errors.js';
import {type AllowedHosts, readAllowedHosts} from './allowed-hosts.js';
import {checkReference, nameOf, notPublic} from './check-reference.js';
import {isPublicAddress} from './public-address.js';

export type FetchedReference = {
  readonly bytes: Uint8Array;
  /** As the server declared it, with parameters. */
  readonly mediaType: string | undefined;
};

/** @throws RetakeError `invalid_request` or `not_supported` with the reason; the signal's reason */
export type ReferenceFetcher = (url: string, signal: AbortSignal) => Promise<FetchedReference>;

export type FetchOptions = {
  /** Hosts that are allowed even over http and at private addresses: see `readAllowedHosts`. */
  readonly allowedHosts: readonly string[];
  readonly maxBytes?: number;
  /** For the whole fetch with its redirects, in milliseconds. */
  readonly timeout?: number;
  readonly maxRedirects?: number;
  /** Returns all addresses of a name; by default the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Additional certificate authorities (PEM). */
  readonly authorities?: readonly string[];
};

/**
 * Fetches a URL that a client sent, only from the public internet: each address is looked up once and checked, and the connection goes to
 * that address. Requests contain nothing that identifies the client.
 */
export function createReferenceFetcher(options: FetchOptions): ReferenceFetcher {
  const {allowedHosts, maxBytes = 50 << 20, timeout = 20_000, maxRedirects = 5} = options;
  const isAllowed = readAllowedHosts(allowedHosts);
  return async (reference, signal) => {
    const first = checkReference(reference, isAllowed);
    const expired = AbortSignal.timeout(timeout);
    const either = AbortSignal.any([signal, expired]);
    try {
      let url = first;
      for (let hops = 0; hops <= maxRedirects; hops++) {
        const hop = await fetchHop(url, {...options, isAllowed, maxBytes, signal: either});
        if (!('location' in hop)) return hop;
        url = checkReference(nextReference(hop.location, url), isAllowed);
      }
      throw failed(first, `it redirects more than ${maxRedirects} times`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RetakeError) throw error;
      if (expired.aborted) throw failed(first, `it takes longer than ${timeout / 1000} seconds`);
      throw failed(first, reasonOf(error), error);
    }
  };
}

type Hop = Pick<FetchOptions, 'resolve' | 'authorities'> & {
  readonly isAllowed: AllowedHosts;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
};

async function fetchHop(url: URL, hop: Hop): Promise<FetchedReference | {readonly location: string}> {
  const agent = new Agent({
    maxResponseSize: hop.maxBytes,
    connect: {
      lookup: checkedLookup(url, hop),
      ca: hop.authorities && [...rootCertificates, ...hop.authorities],
    },
  });
  try {
    const response = await request(url, {
      dispatcher: agent,
      signal: hop.signal,
      // A small compressed body could expand to a large one.
      headers: {accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'retake'},
    });
    return await readResponse(url, response, hop.maxBytes);
  } finally {
    await agent.destroy();
  }
}

const redirects = new Set([301, 302, 303, 307, 308]);

async function readResponse(
  url: URL,
  {statusCode, headers, body}: Dispatcher.ResponseData,
  maxBytes: number,
) {
  const {location, 'content-type': mediaType, 'content-encoding': encoding = 'identity'} = headers;
  // Errors of a body that is not read do not matter.
  body.on('error', () => {});
  if (redirects.has(statusCode) && typeof location === 'string') return {location};
  if (statusCode !== 200) throw failed(url, `its server answers ${statusCode}`);
  if (encoding !== 'identity')
    throw failed(url, `its server sends it compressed (${encoding}), which was not requested`);
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(url, maxBytes);
  try {
    return {bytes: await body.bytes(), mediaType: typeof mediaType === 'string' ? mediaType : undefined};
  } catch (error) {
    throw codeOf(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? tooLarge(url, maxBytes) : error;
  }
}

/** Looks up a name for a connection, and rejects it if any of its addresses is not public. */
function checkedLookup(url: URL, {isAllowed, resolve = systemAddresses}: Hop): LookupFunction {
  const anyAddress = isAllowed(url);
  const notFound = anyAddress ? failed(url, 'its host is not found') : notPublic(url);
  return (hostname, {all}, callback) => {
    resolve(hostname).then(
      addresses => {
        const isAccepted = addresses.length > 0 && (anyAddress || addresses.every(isPublicAddress));
        const [first = '', ...others] = isAccepted ? addresses : [];
        if (!isAccepted) callback(notFound, []);
        else if (all) callback(null, [first, ...others].map(withFamily));
        else callback(null, first, isIP(first));
      },
      () => callback(notFound, []),
    );
  };
}

function withFamily(address: string): LookupAddress {
  return {address, family: isIP(address)};
}

async function systemAddresses(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, {all: true});
  return found.map(({address}) => address);
}

function nextReference(location: string, from: URL): string {
  return URL.canParse(location, from.href) ? new URL(location, from).href : location;
}

function tooLarge(url: URL, maxBytes: number): RetakeError {
  return failed(url, `it is larger than ${maxBytes} bytes, which is the limit`);
}

function failed(url: URL, reason: string, cause?: unknown): RetakeError {
  return new RetakeError('invalid_request', `Cannot fetch \`${nameOf(url)}\`: ${reason}`, {cause});
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'its server refuses connections',
  ECONNRESET: 'its server closed the connection',
  EHOSTUNREACH: 'its server cannot be reached',
  ENETUNREACH: 'its server cannot be reached',
  ETIMEDOUT: 'its server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'its server does not answer',
  UND_ERR_HEADERS_OVERFLOW: 'its server sends too many headers',
  UND_ERR_SOCKET: 'its server closed the connection',
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (error instanceof Error && error.name === 'HTTPParserError') return 'its server does not answer in HTTP';
  return reasons[code] ?? `the request to its server failed (${code})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
