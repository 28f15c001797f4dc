import {once} from 'node:events';
import type {OutgoingHttpHeaders, ServerResponse} from 'node:http';
import type {FastifyReply} from 'fastify';
import type {AnswerChunk} from '../chat/chunk.js';
import {nameFlags} from '../config/option-flags.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import {type RetakeError, toRetakeError} from '../errors.js';
import {clientClosed, clientStalled} from './client-closed.js';
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
  /** Milliseconds after which a client that reads nothing of a waiting answer is disconnected. Default 60,000. */
  readonly stallTimeout?: number | undefined;
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
  if (answer.delivery === 'unary') return sendBody(delivery, await answer.encode(chunks, identity()));
  const events = answer.encodeStream(chunks, identity());
  if (!isWhole()) return {sent: undefined, error: await sendStream(delivery, answer, events)};
  const joined = await joinEvents(events);
  if (typeof joined === 'string') return sendBody(delivery, joined);
  return {sent: undefined, error: await sendStream(delivery, answer, joined)};
}

function sendBody({answer, reply, headers, identity, stallTimeout}: Delivery, body: string): Delivered {
  const head = {...answer.headers(identity()), ...headers()};
  // Node destroys a connection on which nothing moves for that time, and sets another one when the response is sent.
  if (body.length > longestWhole) reply.raw.setTimeout(stallTimeout ?? defaultStallTimeout);
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
  {reply, signal, identity, headers, stallTimeout = defaultStallTimeout}: Delivery,
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
      if (!response.write(event)) await drained(response, signal, stallTimeout);
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

/** Resolves when the client has read what was written. One that reads nothing is disconnected. */
async function drained(response: ServerResponse, signal: AbortSignal, stallTimeout: number): Promise<void> {
  const stalled = new AbortController();
  const stop = () => stalled.abort(clientStalled());
  response.once('timeout', stop).setTimeout(stallTimeout);
  try {
    await once(response, 'drain', {signal: AbortSignal.any([signal, stalled.signal])});
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
    response.destroy();
    throw stalled.signal.reason;
  } finally {
    response.off('timeout', stop).setTimeout(0);
  }
}

const defaultStallTimeout = 60_000;

/** Characters of the longest stream that is sent in one piece: a client that does not read makes retake hold all of it. */
const longestWhole = 1024 * 1024;

/** All events in one text, or the same events if they are too long for that. */
async function joinEvents(events: AsyncIterable<string>): Promise<string | AsyncIterable<string>> {
  const iterator = events[Symbol.asyncIterator]();
  let body = '';
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    body += next.value;
    if (body.length > longestWhole) return continued([body], iterator);
  }
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
  return continued(pulled, iterator);
}

/** The items that were pulled from an iterator, and those that follow. */
async function* continued<Item>(
  pulled: readonly Item[],
  iterator: AsyncIterator<Item>,
): AsyncGenerator<Item, void> {
  try {
    yield* pulled;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
