import type {IncomingHttpHeaders} from 'node:http';
import {RetakeError} from '../errors.js';
import {claims, type Dialect, type Location, type UnaddressedRequest} from './dialect.js';

/** The dialect of a request. `location` is undefined if its API has no such endpoint: the 404 still has the shape of that API. */
export type Address = {
  readonly dialect: Dialect;
  readonly location: Location | undefined;
  /** The path without `/@name` and without the query, for logs and errors. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The cassette named by a `/@name` prefix. */
  readonly cassette: string | undefined;
};

/**
 * Finds the API of a request. All APIs share one port, and several of them `/v1/…`: the surest claim wins, and among equal claims the API
 * that is registered first.
 */
export function findAddress(
  dialects: readonly Dialect[],
  {
    method,
    url,
    headers,
  }: {readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders},
): Address {
  const [fullPath = '/'] = url.split('?', 1);
  const query = new URLSearchParams(url.slice(fullPath.length));
  const {path, cassette} = splitCassette(fullPath);
  const dialect = findOwner(dialects, {path, query, headers});
  return {dialect, location: dialect.locate(method, path), path, query, cassette};
}

function findOwner(dialects: readonly Dialect[], request: UnaddressedRequest): Dialect {
  let owner: Dialect | undefined;
  let strength: number = claims.length;
  for (const dialect of dialects) {
    const claim = dialect.claims(request);
    const candidate = claim === undefined ? claims.length : claims.indexOf(claim);
    if (candidate < strength) [owner, strength] = [dialect, candidate];
  }
  if (!owner)
    throw new RetakeError('internal', 'No API claims this request; one of them must claim the rest');
  return owner;
}

/** SDKs whose only setting is a base URL choose a cassette by its path: `http://localhost:8090/@name`. */
function splitCassette(path: string): {path: string; cassette: string | undefined} {
  const match = /^\/+@([^/]*)(\/.*)?$/.exec(path);
  if (!match) return {path, cassette: undefined};
  const [, name = '', rest = '/'] = match;
  return {path: rest, cassette: decode(name)};
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // An invalid escape is not a cassette name; the check of names reports it.
    return name;
  }
}
