import type {IncomingHttpHeaders} from 'node:http';
import {recentlyUsed} from '../collections/recently-used.js';
import {RetakeError} from '../errors.js';
import {claims, type Dialect, type Location, type UnaddressedRequest} from './dialect.js';

/** The dialect of a request. `location` is undefined if its API has no such endpoint: the 404 still has the shape of that API. */
export type Address = {
  readonly dialect: Dialect;
  readonly location: Location | undefined;
  /** The path without its prefix and without the query, for logs and errors. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The prefix in front of the path, `/@name` or `/@name;session=id`: URLs in responses need it. */
  readonly prefix: string | undefined;
  /** The cassette named by the prefix. */
  readonly cassette: string | undefined;
  /** The session named by the prefix. */
  readonly session: string | undefined;
  /** Why the prefix is rejected. */
  readonly refusal: RetakeError | undefined;
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
  const split = splitPrefix(fullPath, dialects);
  const {path} = split;
  const dialect = findOwner(dialects, {path, query, headers});
  return {...split, dialect, location: locate(dialect, method, path), query};
}

/** A HEAD request is answered as the GET request is, without its body. */
function locate(dialect: Dialect, method: string, path: string): Location | undefined {
  const known = locations.get(dialect) ?? knownLocations();
  locations.set(dialect, known);
  const line = `${method} ${path}`;
  const found = known.get(line);
  if (found) return found.location;
  const location = dialect.locate(method === 'HEAD' ? 'GET' : method, path);
  known.set(line, {location});
  return location;
}

/** An application has few paths, and comparing one with all routes of an API takes as long as parsing a short body. */
const locations = new WeakMap<Dialect, ReturnType<typeof knownLocations>>();

const knownLocations = () => recentlyUsed<string, {readonly location: Location | undefined}>(200);

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

type SplitPath = Pick<Address, 'path' | 'prefix' | 'cassette' | 'session' | 'refusal'>;

/**
 * SDKs whose only setting is a base URL choose a cassette and a session by its path: `http://localhost:8090/@name;session=id`. Without a
 * name, `/@;session=id` is the cassette of the session.
 */
function splitPrefix(path: string, dialects: readonly Dialect[]): SplitPath {
  // The Java SDK of Gemini puts its base URL in front of an upload URL, which has it already.
  const match = /^(?:\/+@([^/]*))(?:\/+@\1(?=\/|$))*(\/.*)?$/.exec(path);
  if (!match) return {path, prefix: undefined, cassette: undefined, session: undefined, refusal: undefined};
  const [, encoded = '', rest = '/'] = match;
  const [name = '', ...parameters] = decode(encoded).split(';');
  const session = parameters.find(parameter => parameter.startsWith(sessionParameter));
  const id = session?.slice(sessionParameter.length);
  return {
    path: rest,
    prefix: `/@${encodeURIComponent(name)}${id === undefined ? '' : `;${sessionParameter}${encodeURIComponent(id)}`}`,
    cassette: name === '' && id !== undefined ? undefined : name,
    session: id,
    refusal: refuseParameters(name, parameters) ?? refuseLongerName(name, rest, dialects),
  };
}

const sessionParameter = 'session=';

/** A parameter with a typing error must not silently become no session. */
function refuseParameters(name: string, parameters: readonly string[]): RetakeError | undefined {
  const [only = sessionParameter] = parameters;
  const isRight = only.startsWith(sessionParameter) && only.length > sessionParameter.length;
  if (parameters.length === 0 || (parameters.length === 1 && isRight)) return undefined;
  const shown = JSON.stringify(`@${name};${parameters.join(';')}`.slice(0, 300));
  return new RetakeError(
    'invalid_request',
    `Expected the cassette in the path to have one parameter, ;session=ID, got ${shown}`,
    {hint: `The base URL for a session is http://HOST:PORT/@${name};session=ID, with /v1 for OpenAI's SDKs.`},
  );
}

/** A name with a slash is no cassette's name, and must not silently become the cassette of its first half. */
function refuseLongerName(name: string, rest: string, dialects: readonly Dialect[]): RetakeError | undefined {
  const segments = rest.split('/').filter(segment => segment !== '');
  const version = segments.findIndex(segment => /^v\d/.test(segment));
  const stray = segments
    .slice(0, Math.max(version, 0))
    .find(segment => !prefixes.has(segment) && !dialects.some(dialect => dialect.name === segment));
  if (stray === undefined) return undefined;
  const shown = JSON.stringify(`@${name}/${decode(stray)}`);
  return new RetakeError(
    'invalid_request',
    `Expected one segment for the cassette in the path, got ${shown}`,
    {
      hint: `The name of a cassette has no "/". The base URL for the cassette ${name} is http://HOST:PORT/@${name}, with /v1 for OpenAI's SDKs.`,
    },
  );
}

/** What base URLs have before a version: `/upload/v1beta` of Google, `/openai/v1` of Azure, `/api/v1` or the name of an API, as gateways have it. */
const prefixes = new Set(['upload', 'download', 'google', 'genai', 'api']);

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // An invalid escape is not a cassette name; the check of names reports it.
    return name;
  }
}
