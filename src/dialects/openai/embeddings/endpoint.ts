import {foldEmbeddings} from '../../../chat/reply.js';
import type {QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {jsonHeaders} from '../response-headers.js';
import {answerDecoder} from './decode-answer.js';
import {decodeRequest} from './decode-request.js';
import {encodeReply} from './encode-reply.js';
import {encodeRequest} from './encode-request.js';

export const embeddings: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const {request, modelName, encoding} = decodeRequest(wire);
    return {
      request,
      modelName,
      answer: answerTo('embed', {
        delivery: 'unary',
        headers: jsonHeaders,
        encode: async chunks => encodeReply(await foldEmbeddings(chunks), {modelName, encoding}),
      }),
    };
  },
  decoder: answerDecoder,
  encodeEmbed: encodeRequest,
};
