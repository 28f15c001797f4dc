import type {FastifyReply} from 'fastify';
import type {WireHeaders} from '../chat/wire.js';
import {compressWhole} from './compress.js';
import {acceptedEncoding, isCompressible, isWorthCompressing, varyOf} from './content-encoding.js';

export type WholeResponse = {
  readonly status: number;
  readonly headers: WireHeaders;
  readonly body: string | Uint8Array;
};

/**
 * Sends a response exactly as its dialect encoded it, compressed if the client accepts that: by default Fastify adds a charset to
 * `application/json`, and a content type to none.
 */
export function sendWhole(reply: FastifyReply, {status, headers, body}: WholeResponse): FastifyReply {
  const payload = body.length === 0 ? undefined : body;
  reply.code(status).headers(headers).serializer(asIs);
  if (!isWorthCompressing(body) || !isCompressible(headers)) return reply.send(payload);
  reply.header('vary', varyOf(reply.getHeader('vary')));
  const encoding = acceptedEncoding(reply.request.headers['accept-encoding']);
  if (encoding === undefined) return reply.send(payload);
  reply.header('content-encoding', encoding);
  return reply.send(compressWhole(body, encoding));
}

function asIs(body: string): string {
  return body;
}
