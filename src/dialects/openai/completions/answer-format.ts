import type {ChunkOf} from '../../../chat/chunk.js';
import {foldChunks} from '../../../chat/reply.js';
import type {AnswerFormat} from '../../dialect.js';
import {encodeStreamError} from '../chat-completions/encode-stream.js';
import {jsonHeaders, streamHeaders} from '../response-headers.js';
import type {DecodedCompletion} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeStream} from './encode-stream.js';
import {lengthOf} from './logprobs.js';

/** How the answer to a completion becomes bytes. */
export function answerFormat({
  request,
  modelName,
  stream,
}: DecodedCompletion): AnswerFormat<ChunkOf<'complete'>> {
  const {prompts, candidates = 1, logprobs} = request;
  const format = {
    modelName,
    top: logprobs?.top ?? 0,
    offsetOf: (candidate: number) => lengthOf(prompts[Math.floor(candidate / candidates)] ?? ''),
  };
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
