import type {Dialect, DialectDefinition, DialectServices, Endpoint} from '../dialect.js';
import {encodeError} from './encode-error.js';
import {locate} from './locate.js';
import {answerFormat, countFormat} from './messages/answer-format.js';
import {decodeCount, decodeRequest} from './messages/decode-request.js';
import {getModel, listModels} from './models/endpoints.js';
import {anthropicTraits} from './traits.js';

const messages: Endpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const decoded = decodeRequest(wire);
    const {request, modelName, warnings} = decoded;
    return {request, modelName, warnings, answer: answerFormat(decoded)};
  },
};

const countTokens: Endpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest: wire => ({...decodeCount(wire), answer: countFormat}),
};

/** The Anthropic API, as its SDKs speak it. */
export function createAnthropic(services: DialectServices): Dialect {
  return {
    ...anthropicTraits,
    locate,
    endpoints: {messages, countTokens, listModels: listModels(services), getModel: getModel()},
    encodeError,
  };
}

export const anthropic: DialectDefinition = {...anthropicTraits, create: createAnthropic};
