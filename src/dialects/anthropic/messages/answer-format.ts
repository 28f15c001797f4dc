import type {ChunkOf} from '../../../chat/chunk.js';
import {foldChunks, foldTokenCount} from '../../../chat/reply.js';
import type {AnswerFormat} from '../../dialect.js';
import {jsonHeaders, streamHeaders} from '../response-headers.js';
import type {DecodedMessages} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, encodeStreamError, pingEvent} from './encode-stream.js';

/** How the answer to a message becomes bytes. */
export function answerFormat(format: DecodedMessages): AnswerFormat<ChunkOf<'chat'>> {
  if (format.isStreamed) {
    return {
      delivery: 'stream',
      headers: streamHeaders,
      encodeStream: (chunks, identity) => encodeStream(chunks, identity, format),
      keepAliveEvent: pingEvent,
      encodeStreamError,
    };
  }
  return {
    delivery: 'unary',
    headers: jsonHeaders,
    encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, format),
  };
}

export const countFormat: AnswerFormat<ChunkOf<'count-tokens'>> = {
  delivery: 'unary',
  headers: jsonHeaders,
  encode: async chunks => JSON.stringify({input_tokens: (await foldTokenCount(chunks)).tokens}),
};
