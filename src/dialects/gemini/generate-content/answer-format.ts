import {foldChunks} from '../../../chat/reply.js';
import type {AnswerFormat} from '../../dialect.js';
import {errorJson} from '../encode-error.js';
import {jsonHeaders} from '../response-headers.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream, type StreamFraming} from './encode-stream.js';
import type {AnswerOptions} from './response.js';

export function unaryFormat(options: AnswerOptions): AnswerFormat {
  return {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, options),
  };
}

export function streamFormat(options: AnswerOptions, framing: StreamFraming): AnswerFormat {
  return {
    delivery: 'stream',
    headers: () => ({'content-type': framing.contentType}),
    encodeStream: (chunks, identity) => encodeStream(chunks, identity, options, framing),
    encodeStreamError: error => framing.frame(errorJson(error), {first: false, last: true}),
  };
}
