import type {ChunkOf} from '../../../chat/chunk.js';
import {writeJson} from '../../../chat/json-text.js';
import type {AnswerFormat} from '../../dialect.js';
import {formatEvent} from '../../kit/format-event.js';
import {oneLine} from '../../kit/one-line.js';
import {jsonHeaders} from '../response-headers.js';
import type {InteractionHead} from './interaction-object.js';
import {type InteractionEvent, InteractionWriter} from './write-interaction.js';

const streamHeaders = {'content-type': 'text/event-stream'};

export const doneEvent = 'event: done\ndata: [DONE]\n\n';

/** How the answer to an interaction becomes bytes. */
export function answerFormat(
  head: InteractionHead,
  {streams}: {readonly streams: boolean},
): AnswerFormat<ChunkOf<'chat'>> {
  if (!streams) {
    return {
      delivery: 'unary',
      headers: () => jsonHeaders,
      async encode(chunks, identity) {
        const writer = new InteractionWriter(head, identity);
        for await (const chunk of chunks) writer.write(chunk);
        return oneLine(writeJson(writer.interaction));
      },
    };
  }
  let writer: InteractionWriter | undefined;
  return {
    delivery: 'stream',
    headers: () => streamHeaders,
    async *encodeStream(chunks, identity) {
      writer = new InteractionWriter(head, identity);
      for (const event of writer.begin()) yield formatNamed(event);
      for await (const chunk of chunks) {
        const events = writer.write(chunk).map(formatNamed);
        // The end of the stream comes with its last event.
        if (chunk.type === 'reply-end') yield `${events.join('')}${doneEvent}`;
        else yield* events;
      }
      writer.interaction satisfies object;
    },
    encodeStreamError(error) {
      const failing = writer ?? new InteractionWriter(head, {id: '', createdAt: 0});
      return formatNamed(failing.fail(error));
    },
  };
}

export function formatNamed(event: InteractionEvent): string {
  return formatEvent(event, event.event_type);
}
