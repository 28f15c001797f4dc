import type {IncomingHttpHeaders} from 'node:http';
import type {Dispatcher} from 'undici';
import {RetakeError} from '../../../errors.js';
import type {Credential} from './credential.js';
import {decodeBody} from './decode-body.js';
import {mayBeProxied, openDispatcher} from './open-dispatcher.js';
import {type ReusedConnections, reuseConnections} from './reuse-connections.js';
import type {ServerAddress} from './server-address.js';
import {connectionFailure} from './upstream-failure.js';

/** The ways to send requests to one host. */
export type Connections = {
  /** Opens a connection for each request. */
  readonly single: Connection;
  /** Uses connections again. For servers that keep to what they announce. */
  readonly reused: Connection;
  /** Aborts all requests. */
  close(): Promise<void>;
};

/** Sends requests to one host. It does not follow redirects, so no request reaches another host. */
export type Connection = {
  readonly address: ServerAddress;
  /** The routes that were tried, if the server has answered all of them with 404 so far. */
  readonly missingRoutes: readonly string[] | undefined;
  /** @throws RetakeError `upstream_unavailable` if there is no response */
  send(request: OutgoingRequest): Promise<IncomingResponse>;
};

export type OutgoingRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
};

export type IncomingResponse = {
  readonly status: number;
  readonly contentType: string;
  readonly headers: IncomingHttpHeaders;
  /** @throws RetakeError `upstream_failed` if it is cut off */
  readonly body: AsyncIterable<Uint8Array>;
};

export type ConnectionOptions = {
  readonly address: ServerAddress;
  readonly credential: Credential;
  /** In milliseconds. */
  readonly connectTimeout: number;
};

type SendRequest = (options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

export function openConnections({address, credential, connectTimeout}: ConnectionOptions): Connections {
  const dispatcher = openDispatcher(address.origin, connectTimeout);
  const reused = mayBeProxied(address.origin) ? undefined : reuseConnections(address.origin, connectTimeout);
  const missingRoutes = new Set<string>();
  let hasRoute = false;
  const open = (request: SendRequest): Connection => ({
    address,
    get missingRoutes() {
      return hasRoute ? undefined : [...missingRoutes];
    },
    async send({method, path, body, signal}) {
      try {
        const response = await request({
          origin: address.origin,
          method,
          path: `${path}${address.query}`,
          headers: {
            ...credential.headers,
            accept: 'text/event-stream, application/json',
            'accept-encoding': 'identity',
            ...contentHeaders(body),
          },
          body: body ?? null,
          signal,
        });
        if (response.statusCode === 404) missingRoutes.add(`${method} ${path}`);
        else hasRoute = true;
        const contentType = response.headers['content-type'];
        return {
          status: response.statusCode,
          contentType: String(contentType ?? ''),
          headers: response.headers,
          body: bytesOf(decodeBody(response.body, encodingOf(response.headers)), address),
        };
      } catch (error) {
        throw connectionFailure(error, {address, phase: 'asking'});
      }
    },
  });
  const single: SendRequest = options => dispatcher.request(options);
  return {
    single: open(single),
    reused: open(reused ? sendAgainIfStale(reused, single) : single),
    async close() {
      const closing = new RetakeError('upstream_unavailable', 'retake is closing');
      await Promise.all([dispatcher.destroy(closing), reused?.dispatcher.destroy(closing)]);
    },
  };
}

/** Milliseconds in which the end of a connection arrives that the server had closed before a request was sent on it. */
const staleMs = 1000;

/**
 * Sends requests over reused connections. One that met the end of its connection is sent once more, over a connection of its own: the server
 * had closed the other one, and did not begin to answer.
 */
function sendAgainIfStale({dispatcher, wasStale}: ReusedConnections, single: SendRequest): SendRequest {
  return async options => {
    const begin = performance.now();
    try {
      return await dispatcher.request(options);
    } catch (error) {
      if (!wasStale(error) || performance.now() - begin > staleMs) throw error;
      return single(options);
    }
  };
}

function encodingOf({'content-encoding': encoding = ''}: IncomingHttpHeaders): string {
  return String(encoding);
}

function contentHeaders(body: string | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : {'content-type': 'application/json'};
}

async function* bytesOf(body: AsyncIterable<Uint8Array>, address: ServerAddress): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionFailure(error, {address, phase: 'answering'});
  }
}

/** The first `limit` bytes of a body as text; the rest is not read. */
export async function readBeginning(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length >= limit) break;
  }
  return Buffer.concat(pieces).subarray(0, limit).toString('utf8');
}
