import {foldChunks} from '../../chat/reply.js';
import type {AnswerFormat, AnswerIdentity} from '../dialect.js';
import type {DecodedChatCompletion} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, encodeStreamError} from './encode-stream.js';

/** How the answer to a chat completion becomes bytes. */
export function answerFormat({modelName, usesFunctions, stream}: DecodedChatCompletion): AnswerFormat {
  if (stream === undefined) {
    return {
      delivery: 'unary',
      headers: identity => ({'content-type': 'application/json', ...requestId(identity)}),
      encode: async (chunks, identity) =>
        encodeReply(await foldChunks(chunks), identity, {modelName, usesFunctions}),
    };
  }
  const format = {modelName, usesFunctions, ...stream};
  return {
    delivery: 'stream',
    headers: identity => ({'content-type': 'text/event-stream; charset=utf-8', ...requestId(identity)}),
    encodeStream: (chunks, identity) => encodeStream(chunks, identity, format),
    encodeStreamError,
  };
}

/** The header by which OpenAI's SDKs let an application name a request. */
function requestId({id}: AnswerIdentity): Record<string, string> {
  return {'x-request-id': `req_${id}`};
}
