import type {IncomingHttpHeaders} from 'node:http';
import {RetakeError} from '../../../errors.js';
import type {Credential} from './credential.js';
import {decodeBody} from './decode-body.js';
import {openDispatcher} from './open-dispatcher.js';
import type {ServerAddress} from './server-address.js';
import {connectionFailure} from './upstream-failure.js';

/** A pool of connections to one host, one for each request. It does not follow redirects, so no request reaches another host. */
export type Connection = {
  readonly address: ServerAddress;
  /** The routes that were tried, if the server has answered all of them with 404 so far. */
  readonly missingRoutes: readonly string[] | undefined;
  /** @throws RetakeError `upstream_unavailable` if there is no response */
  send(request: OutgoingRequest): Promise<IncomingResponse>;
  /** Aborts all requests. */
  close(): Promise<void>;
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

export function openConnection({address, credential, connectTimeout}: ConnectionOptions): Connection {
  const dispatcher = openDispatcher(address.origin, connectTimeout);
  const missingRoutes = new Set<string>();
  let hasRoute = false;
  return {
    address,
    get missingRoutes() {
      return hasRoute ? undefined : [...missingRoutes];
    },
    async send({method, path, body, signal}) {
      try {
        const response = await dispatcher.request({
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
    async close() {
      await dispatcher.destroy(new RetakeError('upstream_unavailable', 'retake is closing'));
    },
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
