import {type StreamedChunk, utf8Text, type WireHead, type WireHeaders} from '../chat/wire.js';
import type {RetakeError} from '../errors.js';
import type {Delivered, Delivery} from './delivery.js';
import {type Part, playParts} from './play-parts.js';
import {sendWhole} from './send-whole.js';
import {breakOff, openStream} from './stream-writer.js';

/** Sends a provider's answer in its own bytes, with its status and its headers. */
export function deliverWire(
  delivery: Delivery,
  head: WireHead,
  chunks: AsyncIterable<StreamedChunk> | readonly StreamedChunk[],
): Promise<Delivered> {
  const headers = {...withBase(head.headers, delivery.base), ...delivery.headers()};
  const sending = {...delivery, chunks, status: head.status, head: headers};
  return delivery.isWhole() || !comesInPieces(head) ? sendAtOnce(sending) : sendAsItComes(sending);
}

type Sending = Omit<Delivery, 'headers' | 'chunks'> & {
  readonly chunks: AsyncIterable<StreamedChunk> | readonly StreamedChunk[];
  readonly status: number;
  readonly head: WireHeaders;
};

/** JSON comes in one piece, so that a failure to keep it still has a status of its own. */
function comesInPieces({form, headers}: WireHead): boolean {
  return form.delivery === 'stream' || !/^application\/json\b/i.test(String(headers['content-type'] ?? ''));
}

async function sendAtOnce({chunks, reply, status, head: headers}: Sending): Promise<Delivered> {
  const pieces: Uint8Array[] = [];
  let error: RetakeError | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'wire-data') pieces.push(chunk.bytes);
    // The provider's answer is no take, and still what the client is to see.
    if (chunk.type === 'wire-verdict' && chunk.verdict === 'failed') {
      error = chunk.reason;
      break;
    }
  }
  const body = Buffer.concat(pieces);
  sendWhole(reply, {status, headers, body});
  const text = error === undefined ? utf8Text(body) : undefined;
  if (text === undefined) return {sent: undefined, error};
  const all = {...headers, 'content-length': String(body.length)};
  const sentHeaders = Object.entries(all).flatMap(([name, value]) => [name, String(value)]);
  return {sent: {status, headers: sentHeaders, body: text}, error};
}

/** Passes each piece on when it comes. The last event waits until the take is kept, which `reply-end` says. */
async function sendAsItComes({
  chunks,
  reply,
  signal,
  answer,
  status,
  head: headers,
  stallTimeout,
  due,
  onFirst,
}: Sending): Promise<Delivered> {
  const startedAt = performance.now();
  const isTimed = due() !== undefined;
  const writer = openStream(reply, {status, headers, signal, stallTimeout});
  const held: Uint8Array[] = [];
  const parts: Part[] = [];
  try {
    for await (const chunk of chunks) {
      if (chunk.type === 'wire-data') {
        if (isTimed) parts.push({due: due() ?? 0, bytes: chunk.bytes});
        else if (chunk.isLast || held.length > 0) held.push(chunk.bytes);
        else await writer.write(chunk.bytes);
      }
      const failed = chunk.type === 'wire-verdict' && chunk.verdict === 'failed' ? chunk.reason : undefined;
      if (!failed && chunk.type !== 'reply-end') continue;
      if (isTimed) await playParts(parts, {open: () => writer, onFirst, signal, startedAt});
      for (const bytes of held) await writer.write(bytes);
      writer.end();
      return {sent: undefined, error: failed};
    }
    throw new Error('The answer stopped before its end');
  } catch (cause) {
    return {sent: undefined, error: breakOff(writer, cause, {answer, signal})};
  }
}

/** The address of a resumable upload is one of retake. */
function withBase(headers: WireHeaders, base: string): WireHeaders {
  const upload = headers['x-goog-upload-url'];
  if (typeof upload !== 'string' || !upload.startsWith('/')) return headers;
  return {...headers, 'x-goog-upload-url': `${base}${upload}`};
}
