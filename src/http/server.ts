import {createServer, type IncomingMessage} from 'node:http';
import {type FastifyInstance, fastify} from 'fastify';
import type {Dialect} from '../dialects/dialect.js';
import {type Address, findAddress} from '../dialects/dispatch.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {corsHeaders, guardRequest, preflightHeaders} from './guards.js';
import {type Arrivals, type MemoFrontOptions, memoFront} from './memo-front.js';
import {joinBody, readBody} from './read-body.js';
import type {Fingerprint} from './replay-memo.js';
import {sendError} from './send-error.js';
import {watchConnections} from './watch-connections.js';

export type ServerOptions = MemoFrontOptions & {
  readonly dialects: readonly Dialect[];
  /** Milliseconds. */
  readonly requestTimeout: number;
};

export type Server = {
  readonly app: FastifyInstance;
  /** Whose request it is; found once. */
  addressOf(request: IncomingMessage): Address;
  /** What the memo knows a request by; undefined for one that is not to be remembered. */
  fingerprintOf(request: IncomingMessage): Fingerprint | undefined;
};

/**
 * The HTTP server. A request whose bytes were seen before is answered from the memo before Fastify sees it; every other goes to the route
 * of its endpoint, `/<dialect>/<endpoint>`, which is the address that `findAddress` gave it.
 */
export function createHttpServer(options: ServerOptions): Server {
  const {dialects, guard, bodyLimit, requestTimeout, exchanges} = options;
  const arrivals: Arrivals = new WeakMap();
  const connections = watchConnections();
  const addresses = new WeakMap<IncomingMessage, Address>();
  const addressOf = (request: IncomingMessage) => {
    const {method = 'GET', url = '/', headers} = request;
    const address = addresses.get(request) ?? findAddress(dialects, {method, url, headers});
    addresses.set(request, address);
    return address;
  };

  const app = fastify({
    logger: false,
    // No route has a schema. Loading the compilers for them would take an eighth of the start.
    schemaController: {compilersFactory: {buildValidator: noCompiler, buildSerializer: noCompiler}},
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    serverFactory: route =>
      createServer(
        {requestTimeout, headersTimeout: requestTimeout, keepAliveTimeout, connectionsCheckingInterval: 1000},
        memoFront(options, arrivals, route),
      )
        // Each response on a connection listens for its end, and a client may send any number of requests ahead.
        .on('connection', socket => socket.setMaxListeners(0))
        .prependListener('request', connections.note),
    rewriteUrl: raw => {
      const request = raw as IncomingMessage;
      if (/^\/health(?:\?|$)/.test(request.url ?? '')) return '/health';
      const {dialect, location} = addressOf(request);
      return `/${dialect.name}/${location ? location.endpoint : 'unknown'}`;
    },
    clientErrorHandler: connections.refuse,
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (_request: unknown, payload: IncomingMessage) => {
    const body = arrivals.get(payload)?.body ?? joinBody(await readBody(payload, bodyLimit));
    if (body instanceof RetakeError) throw body;
    return body;
  });
  app.addHook('onRequest', async ({raw}, reply) => {
    exchanges.recordOf(raw, reply.raw, addressOf(raw).path);
    guardRequest(raw.headers, guard);
    reply.headers(corsHeaders(raw.headers, guard));
    if (raw.method === 'OPTIONS' && raw.headers.origin !== undefined) {
      return reply.code(204).headers(preflightHeaders(raw.headers, guard)).send();
    }
    return undefined;
  });
  app.setNotFoundHandler(({raw}) => {
    throw new RetakeError(
      'not_found',
      `${raw.method} ${addressOf(raw).path} is not an endpoint that retake serves`,
    );
  });
  app.setErrorHandler((cause, {raw}, reply) => {
    const {dialect, path} = addressOf(raw);
    const error = refusedByFastify(cause, raw) ?? toRetakeError(cause);
    exchanges.recordOf(raw, reply.raw, path).error = error;
    reply.hijack();
    sendError(reply.raw, {error, dialect, headers: corsHeaders(raw.headers, guard)});
  });
  return {app, addressOf, fingerprintOf: request => arrivals.get(request)?.fingerprint};
}

/**
 * Milliseconds for which an idle connection is kept: longer than clients keep theirs, or they would send a question on a connection that
 * is just being closed. httpx, which the Python SDKs use, keeps one for exactly Node's default of five seconds.
 */
const keepAliveTimeout = 72_000;

function noCompiler(): never {
  throw new RetakeError('internal', 'A route has a schema, and no compiler for it');
}

/** What Fastify itself refuses before a body is read: a content type that is none. */
function refusedByFastify(cause: unknown, {headers}: IncomingMessage): RetakeError | undefined {
  if (!(cause instanceof Error && 'statusCode' in cause && cause.statusCode === 415)) return undefined;
  return new RetakeError(
    'unsupported_media_type',
    `Expected the content-type to be a media type, got ${JSON.stringify(headers['content-type'])}`,
    {cause},
  );
}
