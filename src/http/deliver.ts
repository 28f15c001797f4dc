import {once} from 'node:events';
import type {OutgoingHttpHeaders, ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {FastifyReply} from 'fastify';
import type {AnswerChunk} from '../chat/chunk.js';
import {nameFlags} from '../config/option-flags.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import {type RetakeError, toRetakeError} from '../errors.js';
import {ConnectionCut, connectionCut, type Disturbance} from '../faults/disturb.js';
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
  /** What a fault does to the answer on its way. */
  readonly disturbance?: Disturbance | undefined;
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
  const {answer, identity, isWhole, disturbance} = delivery;
  const chunks = await pullFirst(delivery.chunks);
  if (answer.delivery === 'unary') {
    const body = await answer.encode(chunks, identity());
    return disturbance ? sendDisturbed(delivery, body, disturbance) : sendBody(delivery, body);
  }
  const events = answer.encodeStream(chunks, identity());
  if (disturbance) {
    return {sent: undefined, error: await sendStream(delivery, answer, disturbance.events(events))};
  }
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

/** Sends a body as a fault leaves it. The head announces all of one that is cut, so that the client knows the rest to be missing. */
async function sendDisturbed(
  delivery: Delivery,
  whole: string,
  disturbance: Disturbance,
): Promise<Delivered> {
  const {body, isCut} = await disturbance.body(whole);
  if (!isCut) return {...sendBody(delivery, body), sent: undefined};
  const {answer, reply, headers, identity} = delivery;
  const length = String(Buffer.byteLength(whole));
  reply.headers({...answer.headers(identity()), ...headers(), 'content-length': length});
  reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  reply.hijack();
  reply.raw.write(body);
  await breakConnection(reply.raw);
  return {sent: undefined, error: connectionCut()};
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
    if (error instanceof ConnectionCut) await breakConnection(response);
    else if (!response.destroyed)
      response.write(answer.encodeStreamError(nameFlags(error)), () => response.destroy());
    return error;
  }
}

/** Milliseconds for a client to read what it was sent: clients of `fetch` drop what they have not read when the connection breaks. */
const readingTime = 100;

async function breakConnection(response: ServerResponse): Promise<void> {
  await sleep(readingTime);
  response.destroy();
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
