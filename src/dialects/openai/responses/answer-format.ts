import type {ChunkOf} from '../../../chat/chunk.js';
import {stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerFormat, AnswerIdentity} from '../../dialect.js';
import {formatEvent} from '../../kit/format-event.js';
import {jsonHeaders, streamHeaders} from '../response-headers.js';
import type {CallForms} from './call-forms.js';
import type {ResponseHead, ResponseObject} from './response-object.js';
import {type ResponseEvent, ResponseWriter} from './write-response.js';

/** How the answer to a response becomes bytes. */
export function answerFormat(
  head: ResponseHead,
  {streams, callForms}: {readonly streams: boolean; readonly callForms?: CallForms | undefined},
): AnswerFormat<ChunkOf<'chat'>> {
  if (!streams) {
    return {
      delivery: 'unary',
      headers: jsonHeaders,
      async encode(chunks, identity) {
        const writer = new ResponseWriter(head, identity, callForms);
        for await (const chunk of chunks) writer.write(chunk);
        return stringifyJson(completed(writer));
      },
    };
  }
  // A failure is the next event of the stream, and its last.
  let writer: ResponseWriter | undefined;
  return {
    delivery: 'stream',
    headers: streamHeaders,
    async *encodeStream(chunks, identity) {
      writer = new ResponseWriter(head, identity, callForms);
      for (const event of writer.begin()) yield formatNamed(event);
      for await (const chunk of chunks) for (const event of writer.write(chunk)) yield formatNamed(event);
      completed(writer);
    },
    encodeStreamError(error) {
      const failing = writer ?? new ResponseWriter(head, {id: '', createdAt: 0});
      return formatNamed(failing.fail(error));
    },
  };
}

/** A complete answer. */
export type RecordedAnswer = {readonly chunks: readonly ChunkOf<'chat'>[]; readonly callForms: CallForms};

/** The response object of a complete answer. */
export function responseOf(
  head: ResponseHead,
  identity: AnswerIdentity,
  {chunks, callForms}: RecordedAnswer,
): ResponseObject {
  const writer = new ResponseWriter(head, identity, callForms);
  for (const chunk of chunks) writer.write(chunk);
  return completed(writer);
}

/** Its events after number `after`. */
export function eventsOf(
  head: ResponseHead,
  identity: AnswerIdentity,
  {chunks, callForms, after}: RecordedAnswer & {readonly after: number},
): string {
  const writer = new ResponseWriter(head, identity, callForms);
  return [...writer.begin(), ...chunks.flatMap(chunk => writer.write(chunk))]
    .filter(event => event.sequence_number > after)
    .map(formatNamed)
    .join('');
}

function completed(writer: ResponseWriter): ResponseObject {
  if (writer.isComplete) return writer.response;
  throw new RetakeError('internal', 'An answer stopped before its end');
}

function formatNamed(event: ResponseEvent): string {
  return formatEvent(event, event.type);
}
