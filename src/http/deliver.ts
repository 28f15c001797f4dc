import {once} from 'node:events';
import type {ServerResponse} from 'node:http';
import type {AnswerChunk} from '../chat/chunk.js';
import {nameFlags} from '../config/option-flags.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import {RetakeError, toRetakeError} from '../errors.js';
import type {SentResponse} from './replay-memo.js';

export type Delivery = {
  readonly answer: AnswerFormat;
  readonly chunks: AsyncIterable<AnswerChunk>;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  /** Known once the first chunk has come. */
  readonly identity: () => AnswerIdentity;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Whether the chunks are all there already, so that a stream can be sent in one piece. */
  readonly isKnownWhole: () => boolean;
};

/**
 * Sends an answer as the client wants it. Nothing is sent before the first content has come, so that a failure before it is thrown and keeps
 * its status; a later one becomes the dialect's in-stream error, and then the socket is destroyed: never a clean end.
 * @returns what was sent, when it was sent in one piece; the error when the stream failed in the middle.
 */
export async function deliver(delivery: Delivery): Promise<{sent?: SentResponse; error?: RetakeError}> {
  const {answer} = delivery;
  const chunks = await pullFirst(delivery.chunks);
  if (answer.delivery === 'unary') {
    return {sent: sendWhole(delivery, await answer.encode(chunks, delivery.identity()))};
  }
  return sendStream(delivery, answer, chunks);
}

async function sendStream(
  delivery: Delivery,
  answer: Extract<AnswerFormat, {delivery: 'stream'}>,
  chunks: AsyncIterable<AnswerChunk>,
): Promise<{sent?: SentResponse; error?: RetakeError}> {
  const {response, signal, identity, headers, isKnownWhole} = delivery;
  const events = answer.encodeStream(chunks, identity());
  if (isKnownWhole()) return {sent: sendWhole(delivery, await joinEvents(events))};
  const head = toHeaders({...answer.headers(identity()), ...headers(), 'transfer-encoding': 'chunked'});
  response.writeHead(200, head);
  response.flushHeaders();
  try {
    for await (const event of events) {
      if (!response.write(event)) await once(response, 'drain', {signal});
    }
    response.end();
    return {};
  } catch (cause) {
    const error = signal.aborted ? clientGone(cause) : toRetakeError(cause);
    if (!response.destroyed)
      response.write(answer.encodeStreamError(nameFlags(error)), () => response.destroy());
    return {error};
  }
}

function sendWhole({answer, response, headers, identity}: Delivery, body: string): SentResponse {
  const length = String(Buffer.byteLength(body));
  const head = toHeaders({...answer.headers(identity()), ...headers(), 'content-length': length});
  response.writeHead(200, head).end(body);
  return {status: 200, headers: head, body};
}

async function joinEvents(events: AsyncIterable<string>): Promise<string> {
  let body = '';
  for await (const event of events) body += event;
  return body;
}

/** The same chunks, of which the first with content has already come. */
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

/** What a request ends with whose client did not wait for the answer. */
export function clientGone(cause?: unknown): RetakeError {
  return new RetakeError('client_closed', 'The client went away before the answer was complete', {cause});
}

function toHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flat();
}
