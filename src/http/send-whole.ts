import type {FastifyReply} from 'fastify';
import type {WireHeaders} from '../chat/wire.js';

export type WholeResponse = {
  readonly status: number;
  readonly headers: WireHeaders;
  readonly body: string | Uint8Array;
};

/** Sends a response exactly as its dialect encoded it: by default Fastify adds a charset to `application/json`, and a content type to none. */
export function sendWhole(reply: FastifyReply, {status, headers, body}: WholeResponse): FastifyReply {
  const payload = body.length === 0 ? undefined : body;
  return reply.code(status).headers(headers).serializer(asIs).send(payload);
}

function asIs(body: string): string {
  return body;
}
