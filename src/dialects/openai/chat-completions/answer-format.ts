import type {ChunkOf} from '../../../chat/chunk.js';
import {foldChunks} from '../../../chat/reply.js';
import type {AnswerFormat} from '../../dialect.js';
import {jsonHeaders, streamHeaders} from '../response-headers.js';
import type {DecodedChatCompletion} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, encodeStreamError} from './encode-stream.js';

/** How the answer to a chat completion becomes bytes. */
export function answerFormat({
  modelName,
  usesFunctions,
  customTools,
  stream,
}: DecodedChatCompletion): AnswerFormat<ChunkOf<'chat'>> {
  const format = {modelName, usesFunctions, customTools};
  if (stream === undefined) {
    return {
      delivery: 'unary',
      headers: jsonHeaders,
      encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, format),
    };
  }
  return {
    delivery: 'stream',
    headers: streamHeaders,
    encodeStream: (chunks, identity) => encodeStream(chunks, identity, {...format, ...stream}),
    encodeStreamError,
  };
}
