import {once} from 'node:events';
import type {OutgoingHttpHeaders, ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {FastifyReply} from 'fastify';
import type {WireHeaders} from '../chat/wire.js';
import {nameFlags} from '../config/option-flags.js';
import type {AnswerFormat} from '../dialects/dialect.js';
import {type RetakeError, toRetakeError} from '../errors.js';
import {clientClosed, clientStalled} from './client-closed.js';
import {type Compressor, openCompressor} from './compress.js';
import {acceptedEncoding, type Encoding, isCompressible, varyOf} from './content-encoding.js';

/** A response that is written piece by piece. */
export type StreamWriter = {
  /** Undefined if nothing has to be waited for. */
  write(bytes: string | Uint8Array): Promise<void> | undefined;
  /** Writes something that may be left out, unless earlier bytes still wait for the client. */
  writeIfIdle(bytes: string): void;
  end(): void;
  /** Writes a last piece, and breaks the connection once it is written. */
  breakOff(last: string): void;
  /** Breaks the connection, after a moment in which a client can read what it was sent. */
  cut(): Promise<void>;
};

export type StreamOptions = {
  readonly status: number;
  readonly headers: WireHeaders;
  readonly signal: AbortSignal;
  readonly stallTimeout?: number | undefined;
  /** Whether it is sent as it is: a client can lose the end of a compressed body whose connection breaks. */
  readonly isPlain?: boolean | undefined;
};

export const defaultStallTimeout = 60_000;

/** Characters of the longest stream that is encoded before it is sent: a client that does not read makes retake hold all of it. */
export const longestWhole = 1024 * 1024;

/**
 * Begins a response whose body comes as it comes. This is the one response that is taken out of Fastify's hands: after an in-stream error
 * the connection has to break once that error is written, never end cleanly, and `reply.send(stream)` breaks it before. Node frames the
 * body: in chunks, or up to the end of the connection for HTTP/1.0. If the client accepts it, the body is compressed, and each piece flushed.
 */
export function openStream(
  reply: FastifyReply,
  {status, headers, signal, stallTimeout = defaultStallTimeout, isPlain = false}: StreamOptions,
): StreamWriter {
  const response = reply.raw;
  reply.headers(headers);
  const encoding = isPlain ? undefined : encodingOf(reply, headers);
  const compressor = encoding && openCompressor(encoding);
  response.writeHead(status, reply.getHeaders() as OutgoingHttpHeaders);
  reply.hijack();
  response.flushHeaders();
  return writerOf(response, {compressor, signal, stallTimeout});
}

/** Begins a response with a head that was made before, for a body that is encoded as it says. */
export function openEncoded(
  reply: FastifyReply,
  {status, headers}: {readonly status: number; readonly headers: readonly string[]},
  options: WriterOptions,
): StreamWriter {
  reply.hijack();
  reply.raw.writeHead(status, headers as string[]).flushHeaders();
  return writerOf(reply.raw, options);
}

type WriterOptions = Pick<StreamOptions, 'signal' | 'stallTimeout'> & {
  readonly compressor?: Compressor | undefined;
};

/** Writes the body of a response whose head is written. */
export function writerOf(
  response: ServerResponse,
  {compressor, signal, stallTimeout = defaultStallTimeout}: WriterOptions,
): StreamWriter {
  const destroy = () => void response.destroy();
  const write = (piece: string | Uint8Array) =>
    response.write(piece) ? undefined : drained(response, signal, stallTimeout);
  return {
    write: bytes => (compressor ? compressor.add(bytes).then(write) : write(bytes)),
    end() {
      if (!compressor) response.end();
      else void compressor.end().then(rest => response.end(rest), destroy);
    },
    writeIfIdle(bytes) {
      if (response.writableNeedDrain || response.destroyed) return;
      if (!compressor) response.write(bytes);
      else void compressor.add(bytes).then(piece => response.write(piece), destroy);
    },
    breakOff(last) {
      if (response.destroyed) return;
      if (compressor) {
        void compressor.add(last).then(piece => {
          response.write(piece);
          breakOnceDecoded(response);
        }, destroy);
      } else if (last === '') destroy();
      else response.write(last, destroy);
    },
    async cut() {
      await sleep(readingTime);
      response.destroy();
    },
  };
}

/** The encoding of the body, which is announced. A response with a length announces that of its content. */
function encodingOf(reply: FastifyReply, headers: WireHeaders): Encoding | undefined {
  if (!isCompressible(headers) || headers['content-length'] !== undefined) return undefined;
  reply.header('vary', varyOf(reply.getHeader('vary')));
  const encoding = acceptedEncoding(reply.request.headers['accept-encoding']);
  if (encoding) reply.header('content-encoding', encoding);
  return encoding;
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
/** Milliseconds. Clients of `fetch` drop what they have not read when the connection breaks. */
const readingTime = 100;

/** Milliseconds in which a busy client decodes what it was sent. */
const decodingTime = 2000;

/**
 * Breaks the connection, unless the client does: SDKs close it at an in-stream error. `fetch` decodes beside what else it does, and drops
 * what it has not decoded when the connection breaks.
 */
function breakOnceDecoded(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), decodingTime).unref();
  response.once('close', () => clearTimeout(timer));
}

/** Ends a stream with the dialect's in-stream error, after which the connection breaks: no client mistakes it for a complete answer. */
export function breakOff(
  writer: StreamWriter,
  cause: unknown,
  {answer, signal}: {readonly answer: AnswerFormat | undefined; readonly signal: AbortSignal},
): RetakeError {
  const error = signal.aborted ? clientClosed(cause) : toRetakeError(cause);
  writer.breakOff(answer?.delivery === 'stream' ? answer.encodeStreamError(nameFlags(error)) : '');
  return error;
}
