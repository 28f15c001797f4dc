import type {QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {answerFormat, countFormat} from './answer-format.js';
import {answerDecoder, countDecoder} from './decode-answer.js';
import {decodeCount, decodeRequest} from './decode-request.js';
import {encodeRequest} from './encode-request.js';

export const messages: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const decoded = decodeRequest(wire);
    const {request, modelName, warnings} = decoded;
    return {request, modelName, warnings, answer: answerTo('chat', answerFormat(decoded))};
  },
  decoder: answerDecoder,
  encodeRequest,
};

export const countTokens: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest: wire => ({...decodeCount(wire), answer: answerTo('count-tokens', countFormat)}),
  decoder: countDecoder,
};
