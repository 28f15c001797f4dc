import {once} from 'node:events';
import type {OutgoingHttpHeaders} from 'node:http';
import type {FastifyReply} from 'fastify';
import type {AnswerChunk} from '../chat/chunk.js';
import {nameFlags} from '../config/option-flags.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import {type RetakeError, toRetakeError} from '../errors.js';
import {clientClosed} from './client-closed.js';
import type {SentResponse} from './replay-memo.js';
import {sendWhole} from './send-whole.js';

export type Delivery = {
  readonly answer: AnswerFormat;
  readonly chunks: AsyncIterable<AnswerChunk>;
  readonly reply: FastifyReply;
  /** Aborted when the client closes the connection. */
  readonly signal: AbortSignal;
  /** Available once the first chunk has come, as are `headers` and `isWhole`. */
  readonly identity: () => AnswerIdentity;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Whether all chunks come without a pause, so that a stream can be sent in one piece. */
  readonly isWhole: () => boolean;
  /** Called when the first content has come. */
  readonly onFirst?: (() => void) | undefined;
};

export type Delivered = {
  /** What was sent, if it was sent in one piece. */
  readonly sent: SentResponse | undefined;
  /** Why the stream failed after its first chunk. */
  readonly error: RetakeError | undefined;
};

/**
 * Sends an answer in the form that the client requested. Nothing is sent before the first content has come: a failure before it is thrown
 * and keeps its status, and a later one becomes the dialect's in-stream error.
 */
export async function deliver(delivery: Delivery): Promise<Delivered> {
  const {answer, identity, isWhole} = delivery;
  const chunks = await pullFirst(delivery.chunks);
  delivery.onFirst?.();
  if (answer.delivery === 'unary') return sendBody(delivery, await answer.encode(chunks, identity()));
  const events = answer.encodeStream(chunks, identity());
  if (isWhole()) return sendBody(delivery, await joinEvents(events));
  return {sent: undefined, error: await sendStream(delivery, answer, events)};
}

function sendBody({answer, reply, headers, identity}: Delivery, body: string): Delivered {
  const head = {...answer.headers(identity()), ...headers()};
  sendWhole(reply, {status: 200, headers: head, body});
  const length = String(Buffer.byteLength(body));
  const sentHeaders = Object.entries({...head, 'content-length': length}).flat();
  return {sent: {status: 200, headers: sentHeaders, body}, error: undefined};
}

/**
 * Sends events as they come. This is the one response that is taken out of Fastify's hands: after an in-stream error the connection has to
 * break once that error is written, never end cleanly, and `reply.send(stream)` breaks it before. Node frames the body: in chunks, or up to
 * the end of the connection for HTTP/1.0.
 */
async function sendStream(
  {reply, signal, identity, headers}: Delivery,
  answer: Extract<AnswerFormat, {delivery: 'stream'}>,
  events: AsyncIterable<string>,
): Promise<RetakeError | undefined> {
  const response = reply.raw;
  reply.headers({...answer.headers(identity()), ...headers()});
  response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  reply.hijack();
  response.flushHeaders();
  try {
    for await (const event of events) {
      if (!response.write(event)) await once(response, 'drain', {signal});
    }
    response.end();
    return undefined;
  } catch (cause) {
    const error = signal.aborted ? clientClosed(cause) : toRetakeError(cause);
    if (!response.destroyed)
      response.write(answer.encodeStreamError(nameFlags(error)), () => response.destroy());
    return error;
  }
}

async function joinEvents(events: AsyncIterable<string>): Promise<string> {
  let body = '';
  for await (const event of events) body += event;
  return body;
}

/** The same chunks, after the first one with content has come. */
async function pullFirst(chunks: AsyncIterable<AnswerChunk>): Promise<AsyncIterable<AnswerChunk>> {
  const iterator = chunks[Symbol.asyncIterator]();
  const pulled: AnswerChunk[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    pulled.push(next.value);
    if (next.value.type !== 'reply-start') break;
  }
  return (async function* () {
    try {
      yield* pulled;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
