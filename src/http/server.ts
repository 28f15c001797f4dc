import {createServer, type IncomingMessage} from 'node:http';
import {type FastifyInstance, type FastifyReply, type FastifyRequest, fastify} from 'fastify';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RelayedError} from '../chat/wire.js';
import {nameFlags} from '../config/option-flags.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {clientClosed} from './client-closed.js';
import {bodyTooLarge, decodeBody} from './decode-body.js';
import type {OpenExchange} from './exchange.js';
import {corsHeaders, preflightHeaders} from './guards.js';
import {IncomingRequest} from './incoming-request.js';
import {keepTickShape} from './keep-tick-shape.js';
import {outcomeHeaders} from './outcome-headers.js';
import {readBody} from './read-body.js';
import {sendWhole} from './send-whole.js';
import {type ServeFromMemoOptions, serveFromMemo} from './serve-from-memo.js';
import {isService, serviceRoute} from './services.js';
import {watchConnections} from './watch-connections.js';

declare module 'fastify' {
  interface FastifyRequest {
    readonly exchange: OpenExchange;
  }
}

export type HttpServerOptions = ServeFromMemoOptions & {
  /** Milliseconds. */
  readonly requestTimeout: number;
};

/**
 * The HTTP server. `serveFromMemo` answers requests whose bytes were seen before; Fastify gets all others under the URL of a service of
 * retake's own, or under the one URL of all endpoints.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const {guard, bodyLimit, requestTimeout} = options;
  keepTickShape();
  const connections = watchConnections();
  const app = fastify({
    logger: false,
    bodyLimit,
    exposeHeadRoutes: false,
    // No route has a schema, and loading the compilers for schemas would take an eighth of the start.
    schemaController: {compilersFactory: {buildValidator: noCompiler, buildSerializer: noCompiler}},
    serverFactory: passOn =>
      createServer(
        {
          IncomingMessage: IncomingRequest,
          requestTimeout,
          headersTimeout: requestTimeout,
          keepAliveTimeout,
          connectionsCheckingInterval: 1000,
        },
        serveFromMemo(options, passOn),
      )
        // Each response on a connection listens for its end, and a client may send any number of requests ahead.
        .on('connection', socket => socket.setMaxListeners(0))
        .prependListener('request', connections.note),
    rewriteUrl: request => routeOf(exchangeOf(request as IncomingMessage)),
    clientErrorHandler: connections.refuse,
  });
  app.decorateRequest('exchange', {
    getter() {
      return exchangeOf(this.raw);
    },
  });

  app.addHook('onRequest', ({exchange, raw}, reply, done) => {
    reply.headers(corsHeaders(raw.headers, guard));
    if (exchange.refusal) return done(exchange.refusal);
    const isPreflight = raw.method === 'OPTIONS' && raw.headers.origin !== undefined;
    if (!isPreflight) return done();
    reply.code(204).headers(preflightHeaders(raw.headers, guard)).send();
  });
  // Bodies go to the dialects as bytes, whatever their content type: JSON is parsed there without loss, and uploads are no JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async ({exchange, headers, raw}: FastifyRequest) => {
    const {preRead = await readBody(raw, bodyLimit)} = exchange;
    // A stream may go on for minutes, and needs no second copy.
    exchange.preRead = undefined;
    if (!preRead.isComplete) throw bodyTooLarge(bodyLimit);
    return decodeBody(preRead.body, {encoding: headers['content-encoding'], bodyLimit});
  });

  app.addHook('onError', async ({exchange, raw}, _reply, cause) => {
    const isClosed = exchange.signal.aborted || raw.socket.destroyed;
    exchange.error = isClosed ? clientClosed(cause) : retakeErrorOf(cause, raw);
  });
  app.setErrorHandler((cause, {exchange}, reply) => {
    if (reply.raw.headersSent || reply.raw.destroyed) {
      reply.hijack();
      reply.raw.destroy();
      return;
    }
    const {address, error = toRetakeError(cause)} = exchange;
    if (isService(exchange)) {
      sendServiceError(reply, nameFlags(error));
      return;
    }
    if (error instanceof RelayedError) {
      const {response} = error;
      sendWhole(reply, {...response, headers: {...response.headers, ...outcomeHeaders(exchange)}});
      return;
    }
    const {status, headers, body} = address.dialect.encodeError(nameFlags(error));
    const retry = error.code === 'store_unavailable' ? {'retry-after': '1'} : {};
    sendWhole(reply, {status, headers: {...headers, ...retry, ...outcomeHeaders(exchange)}, body});
  });
  return app;
}

/**
 * Milliseconds for which an idle connection is kept open: longer than clients keep theirs, or they would send a request on a connection
 * that is just being closed. httpx, which the Python SDKs use, keeps one open for exactly Node's default of five seconds.
 */
const keepAliveTimeout = 72_000;

function noCompiler(): never {
  throw new RetakeError('internal', 'A route has a schema, and no compiler for it');
}

function exchangeOf(request: IncomingMessage): OpenExchange {
  return (request as IncomingRequest).exchange;
}

/** The URL by which every request to an endpoint of an API is routed. */
export const endpointUrl = '/endpoint';

function routeOf(exchange: OpenExchange): string {
  return serviceRoute(exchange) ?? endpointUrl;
}

/** Errors of the control API have one shape, whatever API the client speaks otherwise. */
function sendServiceError(
  reply: FastifyReply,
  {status, headers = {}, code, message, hint}: RetakeError,
): void {
  reply
    .code(status)
    .headers(headers)
    .send({error: omitUndefined({code, message, hint})});
}

/** Whether Fastify itself refuses a request, such as QUERY without a content-type (RFC 10008, section 2). */
function isRefusal({code = '', statusCode = 500}: FastifyFailure): boolean {
  return code.startsWith('FST_ERR_') && statusCode >= 400 && statusCode < 500;
}

type FastifyFailure = Error & {readonly code?: string; readonly statusCode?: number};

/** Errors of Fastify's own in the words of our catalogue. */
function retakeErrorOf(error: FastifyFailure, {headers}: IncomingMessage) {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new RetakeError(
        'unsupported_media_type',
        `Expected the content-type to be a media type, got ${JSON.stringify(headers['content-type'])}`,
        {cause: error},
      );
    default:
      return isRefusal(error)
        ? new RetakeError('invalid_request', error.message.replace(/\.$/, ''), {cause: error})
        : toRetakeError(error);
  }
}
