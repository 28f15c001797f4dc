import type {ChunkOf} from '../../../chat/chunk.js';
import {foldChunks} from '../../../chat/reply.js';
import type {AnswerFormat} from '../../dialect.js';
import {errorJson} from '../encode-error.js';
import {jsonHeaders} from '../response-headers.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, type StreamFraming} from './encode-stream.js';
import type {AnswerOptions} from './response.js';

export function unaryFormat(options: AnswerOptions): AnswerFormat<ChunkOf<'chat'>> {
  return {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, options),
  };
}

export function streamFormat(options: AnswerOptions, framing: StreamFraming): AnswerFormat<ChunkOf<'chat'>> {
  // An array has to be opened before the failure that ends it, if no response opened it.
  let first = true;
  return {
    delivery: 'stream',
    headers: () => ({'content-type': framing.contentType}),
    async *encodeStream(chunks, identity) {
      for await (const response of encodeStream(chunks, identity, options, framing)) {
        first = false;
        yield response;
      }
    },
    encodeStreamError: error => framing.frame(errorJson(error), {first, last: true}),
  };
}
