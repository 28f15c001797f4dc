import {Pool} from 'undici';
import {RetakeError} from '../../../errors.js';
import type {Credential} from './credential.js';
import type {ServerAddress} from './server-address.js';
import {connectionFailure} from './upstream-failure.js';

/**
 * A bounded set of connections to one host, one for each exchange. Redirects are not followed, so nothing that is sent can reach
 * another host.
 */
export type Connection = {
  readonly address: ServerAddress;
  /** @throws RetakeError `upstream_unavailable` when no answer begins. */
  send(request: OutgoingRequest): Promise<IncomingResponse>;
  /** Ends every exchange under way. */
  close(): Promise<void>;
};

export type OutgoingRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly signal: AbortSignal;
};

export type IncomingResponse = {
  readonly status: number;
  readonly contentType: string;
  /** @throws RetakeError `upstream_failed` when it is cut off. */
  readonly body: AsyncIterable<Uint8Array>;
};

export type ConnectionOptions = {
  readonly address: ServerAddress;
  readonly credential: Credential;
  /** Milliseconds that connecting may take. */
  readonly connectTimeout: number;
};

const maxConnections = 128;

export function openConnection({address, credential, connectTimeout}: ConnectionOptions): Connection {
  const pool = new Pool(address.origin, {
    connections: maxConnections,
    connect: {timeout: connectTimeout},
    // llama-server closes a connection after a streamed answer, although it announces that it keeps it: a question sent on it then is lost.
    pipelining: 0,
    // How long an answer may take is known to the one who waits for it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    address,
    async send({method, path, body, signal}) {
      try {
        const response = await pool.request({
          method,
          path,
          headers: {
            ...credential.headers,
            accept: 'text/event-stream, application/json',
            'accept-encoding': 'identity',
            ...(body !== undefined && {'content-type': 'application/json'}),
          },
          body: body ?? null,
          signal,
        });
        const contentType = response.headers['content-type'];
        return {
          status: response.statusCode,
          contentType: String(contentType ?? ''),
          body: bytesOf(response.body, address),
        };
      } catch (error) {
        throw connectionFailure(error, {address, phase: 'asking'});
      }
    },
    async close() {
      await pool.destroy(new RetakeError('upstream_unavailable', 'retake is closing'));
    },
  };
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
