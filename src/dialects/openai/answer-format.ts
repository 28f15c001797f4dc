import type {AnswerFormat} from '../dialect.js';
import type {DecodedChatCompletion} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, encodeStreamError} from './encode-stream.js';

/** How the answer to a chat completion becomes bytes. */
export function answerFormat({modelName, stream}: DecodedChatCompletion): AnswerFormat {
  if (stream === undefined) {
    return {
      delivery: 'unary',
      headers: {'content-type': 'application/json'},
      encodeReply: (reply, identity) => encodeReply(reply, identity, modelName),
    };
  }
  const format = {modelName, ...stream};
  return {
    delivery: 'stream',
    headers: {'content-type': 'text/event-stream; charset=utf-8'},
    encodeStream: (chunks, identity) => encodeStream(chunks, identity, format),
    encodeStreamError,
  };
}
