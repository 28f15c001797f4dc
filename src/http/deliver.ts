import type {AnswerChunk, Chunks} from '../chat/chunk.js';
import {isSameForm, isWireChunk, type StreamedChunk, type WireForm, type WireHead} from '../chat/wire.js';
import type {AnswerFormat} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {ConnectionCut, connectionCut, type Disturbance} from '../faults/disturb.js';
import {deliverWire} from './deliver-wire.js';
import type {Delivered, Delivery, Opening, OpenStream} from './delivery.js';
import {noticeSilence} from './keep-alive.js';
import {sendTimed} from './send-timed.js';
import {sendWhole} from './send-whole.js';
import {
  breakOff,
  defaultStallTimeout,
  longestWhole,
  openEncoded,
  openStream,
  type StreamWriter,
} from './stream-writer.js';

/**
 * Sends an answer in the form that the client requested: the bytes of its own provider if they are of that form, else what the dialect
 * encodes. Nothing is sent before the first content has come: a failure before it is thrown and keeps its status, and a later one becomes
 * the dialect's in-stream error.
 */
export async function deliver(given: Delivery): Promise<Delivered> {
  const delivery = {...given, stream: openOnce(given)};
  const {answer, signal, stream} = delivery;
  const iterator = keptAlive(delivery);
  try {
    const {pulled, head} = await pullFirst(iterator, delivery.form);
    const isTimed = delivery.due() !== undefined;
    if (!isTimed) delivery.onFirst?.();
    const whole = delivery.whole();
    if (whole) return await deliverWhole(delivery, whole);
    if (head) return await deliverWire(delivery, head, continued([], iterator));
    return await deliverChunks(withAnswer(delivery), withoutWire(continued(pulled, iterator)));
  } catch (cause) {
    // After a sign of life the status is gone, so that the failure is one of the stream.
    if (!stream.isOpen) throw cause;
    return {sent: undefined, error: breakOff(stream.open(), cause, {answer, signal})};
  }
}

async function deliverWhole(delivery: Opening, whole: readonly StreamedChunk[]): Promise<Delivered> {
  const [first] = whole;
  if (first?.type === 'wire-head' && isFor(first.form, delivery.form))
    return deliverWire(delivery, first, whole.slice(1));
  return deliverChunks(
    withAnswer(delivery),
    whole.filter(chunk => !isWireChunk(chunk)),
  );
}

function withAnswer(delivery: Opening): Opening & {readonly answer: AnswerFormat} {
  const {answer} = delivery;
  if (!answer) throw new RetakeError('internal', 'A raw question was answered with chunks');
  return {...delivery, answer};
}

function openOnce({
  answer,
  reply,
  headers,
  identity,
  signal,
  stallTimeout,
  disturbance,
}: Delivery): OpenStream {
  const isPlain = disturbance !== undefined;
  let writer: StreamWriter | undefined;
  return {
    get isOpen() {
      return writer !== undefined;
    },
    open(sent) {
      if (writer) return writer;
      if (sent) writer = openEncoded(reply, sent, {signal, stallTimeout});
      else {
        const head = {...answer?.headers(identity()), ...headers()};
        writer = openStream(reply, {status: 200, headers: head, signal, stallTimeout, isPlain});
      }
      return writer;
    },
  };
}

/** The chunks. While none comes, the client gets signs of life. */
function keptAlive({chunks, keepAlive, stream, answer, identity}: Opening): AsyncIterator<StreamedChunk> {
  const iterator = chunks[Symbol.asyncIterator]();
  if (!keepAlive) return iterator;
  const {interval, event, hasAsked} = keepAlive;
  return noticeSilence(iterator, interval, () => {
    // In a stream of JSON, a comment would be an error.
    const isEvents = () => /^text\/event-stream\b/.test(answer?.headers(identity())['content-type'] ?? '');
    if (hasAsked() && isEvents()) stream.open().writeIfIdle(event);
  });
}

async function deliverChunks(
  delivery: Opening & {readonly answer: AnswerFormat},
  chunks: Chunks,
): Promise<Delivered> {
  const {answer, identity, isWhole, disturbance} = delivery;
  if (answer.delivery === 'unary') {
    const body = await answer.encode(chunks, identity());
    return disturbance ? sendDisturbed(delivery, body, disturbance) : sendBody(delivery, body);
  }
  const events = answer.encodeStream(chunks, identity());
  if (disturbance) {
    return {sent: undefined, error: await sendStream(delivery, answer, disturbance.events(events))};
  }
  if (delivery.due() !== undefined) {
    return {sent: undefined, error: await sendTimed(delivery, answer, events)};
  }
  if (!isWhole()) return {sent: undefined, error: await sendStream(delivery, answer, events)};
  const joined = await joinEvents(events);
  if (typeof joined === 'string') return sendBody(delivery, joined);
  return {sent: undefined, error: await sendStream(delivery, answer, joined)};
}

function sendBody(
  {answer, reply, headers, identity, stallTimeout}: Delivery & {readonly answer: AnswerFormat},
  body: string,
): Delivered {
  const head = {...answer.headers(identity()), ...headers()};
  // Node destroys a connection on which nothing moves for that time, and sets another one when the response is sent.
  if (body.length > longestWhole) reply.raw.setTimeout(stallTimeout ?? defaultStallTimeout);
  sendWhole(reply, {status: 200, headers: head, body});
  const length = String(Buffer.byteLength(body));
  const sentHeaders = Object.entries({...head, 'content-length': length}).flat();
  return {sent: {status: 200, headers: sentHeaders, body}, error: undefined};
}

/** Sends a body as a fault leaves it. The head announces all of one that is cut, so that the client knows the rest to be missing. */
async function sendDisturbed(
  delivery: Delivery & {readonly answer: AnswerFormat},
  whole: string,
  disturbance: Disturbance,
): Promise<Delivered> {
  const {body, isCut} = await disturbance.body(whole);
  if (!isCut) return {...sendBody(delivery, body), sent: undefined};
  const {answer, reply, headers, identity, signal} = delivery;
  const length = String(Buffer.byteLength(whole));
  const writer = openStream(reply, {
    status: 200,
    headers: {...answer.headers(identity()), ...headers(), 'content-length': length},
    signal,
  });
  await writer.write(body);
  await writer.cut();
  return {sent: undefined, error: connectionCut()};
}

/** Sends events as they come. */
async function sendStream(
  {signal, stream}: Opening,
  answer: Extract<AnswerFormat, {delivery: 'stream'}>,
  events: AsyncIterable<string>,
): Promise<RetakeError | undefined> {
  const writer = stream.open();
  try {
    for await (const event of events) await writer.write(event);
    writer.end();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof ConnectionCut)) return breakOff(writer, cause, {answer, signal});
    await writer.cut();
    return cause;
  }
}

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

/** The chunks up to the first one with content, or the head of an answer in bytes that the client can be sent as they are. */
async function pullFirst(
  iterator: AsyncIterator<StreamedChunk>,
  form: WireForm,
): Promise<{readonly pulled: readonly StreamedChunk[]; readonly head?: WireHead}> {
  const pulled: StreamedChunk[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const chunk = next.value;
    if (chunk.type === 'wire-head' && isFor(chunk.form, form)) return {pulled, head: chunk};
    pulled.push(chunk);
    if (chunk.type === 'wire-verdict' || (!isWireChunk(chunk) && chunk.type !== 'reply-start')) break;
  }
  return {pulled};
}

function isFor(given: WireForm, asked: WireForm): boolean {
  return given.delivery === 'raw' ? given.dialect === asked.dialect : isSameForm(given, asked);
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

/** The chunks alone. An answer that is not understood has none. */
async function* withoutWire(chunks: AsyncIterable<StreamedChunk>): AsyncIterable<AnswerChunk> {
  for await (const chunk of chunks) {
    if (chunk.type === 'wire-verdict') throw chunk.reason ?? notUnderstood();
    if (!isWireChunk(chunk)) yield chunk;
  }
}

function notUnderstood(): RetakeError {
  return new RetakeError(
    'upstream_failed',
    'The answer of the provider can be passed on in its own form only, and this client asked in another one',
  );
}
