import {foldChunks, foldTokenCount} from '../../../chat/reply.js';
import type {AnswerFormat, AnswerIdentity} from '../../dialect.js';
import type {DecodedMessages} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, encodeStreamError} from './encode-stream.js';

/** How the answer to a message becomes bytes. */
export function answerFormat(format: DecodedMessages): AnswerFormat {
  if (format.isStreamed) {
    return {
      delivery: 'stream',
      headers: identity => ({'content-type': 'text/event-stream; charset=utf-8', ...requestId(identity)}),
      encodeStream: (chunks, identity) => encodeStream(chunks, identity, format),
      encodeStreamError,
    };
  }
  return {
    delivery: 'unary',
    headers: identity => ({'content-type': 'application/json', ...requestId(identity)}),
    encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, format),
  };
}

export const countFormat: AnswerFormat = {
  delivery: 'unary',
  headers: identity => ({'content-type': 'application/json', ...requestId(identity)}),
  encode: async chunks => JSON.stringify({input_tokens: (await foldTokenCount(chunks)).tokens}),
};

/** The header by which the SDKs let an application name a request. */
function requestId({id}: AnswerIdentity): Record<string, string> {
  return {'request-id': `req_${id}`};
}
