import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import {type FastifyInstance, fastify} from 'fastify';
import type {Dialect, DialectName} from '../dialects/dialect.js';
import {type Address, findAddress} from '../dialects/dispatch.js';
import {RetakeError, toRetakeError} from '../errors.js';
import type {ExchangeLog} from './exchange.js';
import {corsHeaders, type GuardOptions, guardRequest, preflightHeaders} from './guards.js';
import {readBody} from './read-body.js';
import type {ReplayMemo} from './replay-memo.js';
import {sendError} from './send-error.js';

export type ServerOptions = {
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly guard: GuardOptions;
  readonly bodyLimit: number;
  /** Milliseconds. */
  readonly requestTimeout: number;
  readonly memo: ReplayMemo;
  readonly exchanges: ExchangeLog;
};

export type Server = {
  readonly app: FastifyInstance;
  /** Whose request it is; found once. */
  addressOf(request: IncomingMessage): Address;
};

/**
 * The HTTP server. A request whose bytes were seen before is answered from the memo before Fastify sees it; every other goes to the route
 * of its endpoint, `/<dialect>/<endpoint>`, which is the address that `findAddress` gave it.
 */
export function createHttpServer(options: ServerOptions): Server {
  const {dialects, guard, bodyLimit, requestTimeout, exchanges} = options;
  const bodies: Bodies = new WeakMap();
  const addresses = new WeakMap<IncomingMessage, Address>();
  const addressOf = (request: IncomingMessage) => {
    const {method = 'GET', url = '/', headers} = request;
    const address = addresses.get(request) ?? findAddress(dialects, {method, url, headers});
    addresses.set(request, address);
    return address;
  };

  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    schemaController: {compilersFactory: {buildValidator: noSchemas, buildSerializer: noSchemas}},
    bodyLimit: Number.MAX_SAFE_INTEGER,
    serverFactory: route =>
      createServer(
        {requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 1000},
        memoFront(options, bodies, route),
      ),
    rewriteUrl: raw => {
      const request = raw as IncomingMessage;
      if (request.url === '/health') return '/health';
      const {dialect, location} = addressOf(request);
      return `/${dialect.name}/${location ? location.endpoint : 'unknown'}`;
    },
    clientErrorHandler: refuseConnection,
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (_request: unknown, payload: IncomingMessage) => {
    const body = bodies.get(payload) ?? (await readBody(payload, bodyLimit));
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
    const error = toRetakeError(cause);
    exchanges.recordOf(raw, reply.raw, path).error = error;
    reply.hijack();
    sendError(reply.raw, {error, dialect, headers: corsHeaders(raw.headers, guard)});
  });
  return {app, addressOf};
}

/** Dialects check what they decode by schemas of their own, so Fastify is kept from loading its compilers of schemas. */
function noSchemas(): never {
  throw new Error('Routes have no schemas.');
}

/** Bodies that were read before Fastify; or why they could not be. */
type Bodies = WeakMap<IncomingMessage, Buffer | RetakeError>;

function memoFront(
  {guard, bodyLimit, memo, exchanges}: ServerOptions,
  bodies: Bodies,
  route: RequestListener,
): RequestListener {
  const replay = (request: IncomingMessage, body: Buffer, response: ServerResponse): boolean => {
    const id = memo.identify(request, body);
    if (id === undefined || !isWelcome(request, guard)) return false;
    const known = memo.answer(id, response);
    if (known) exchanges.tellReplay(request, known);
    return known !== undefined;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const body = await readBody(request, bodyLimit);
      if (replay(request, body, response)) return;
      bodies.set(request, body);
    } catch (cause) {
      bodies.set(request, toRetakeError(cause));
    }
    route(request, response);
  };
  return (request, response) => {
    if (request.method === 'POST') void serve(request, response);
    else route(request, response);
  };
}

/** Whether the guard lets a request pass; the route refuses it in its own words otherwise. */
function isWelcome(request: IncomingMessage, guard: GuardOptions): boolean {
  try {
    guardRequest(request.headers, guard);
    return true;
  } catch {
    // The route asks the guard again and answers with its refusal.
    return false;
  }
}

/** What is no HTTP, or does not come in time, belongs to no dialect: a plain answer, and the connection ends. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const {status, message} = connectionErrors[error.code ?? ''] ?? {
    status: '400 Bad Request',
    message: 'This is not an HTTP request',
  };
  const body = JSON.stringify({error: {message, type: 'invalid_request_error', param: null, code: null}});
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const connectionErrors: Readonly<Record<string, {status: string; message: string}>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {status: '408 Request Timeout', message: 'The request did not come in time'},
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The headers are larger than 16 KiB',
  },
};
