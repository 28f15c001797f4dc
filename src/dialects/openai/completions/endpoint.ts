import type {QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {answerFormat} from './answer-format.js';
import {answerDecoder} from './decode-answer.js';
import {decodeRequest} from './decode-request.js';

export const completions: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const decoded = decodeRequest(wire);
    return {
      request: decoded.request,
      modelName: decoded.modelName,
      answer: answerTo('complete', answerFormat(decoded)),
    };
  },
  decoder: answerDecoder,
};
