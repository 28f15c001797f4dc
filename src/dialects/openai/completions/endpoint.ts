import type {QuestionEndpoint} from '../../dialect.js';
import {answerFormat} from './answer-format.js';
import {decodeRequest} from './decode-request.js';

export const completions: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const decoded = decodeRequest(wire);
    return {request: decoded.request, modelName: decoded.modelName, answer: answerFormat(decoded)};
  },
};
