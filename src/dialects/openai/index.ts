import type {Dialect, DialectServices, Endpoint} from '../dialect.js';
import {answerFormat} from './answer-format.js';
import {completions} from './completions/endpoint.js';
import {decodeRequest} from './decode-request.js';
import {embeddings} from './embeddings/endpoint.js';
import {encodeError} from './encode-error.js';
import {locate} from './locate.js';
import {modelEndpoints} from './models/endpoints.js';

const chatCompletions: Endpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest(wire) {
    const decoded = decodeRequest(wire);
    return {request: decoded.request, modelName: decoded.modelName, answer: answerFormat(decoded)};
  },
};

/** The OpenAI API, as its SDKs, its compatible servers and Azure speak it. */
export function createOpenai(services: DialectServices): Dialect {
  return {
    name: 'openai',
    locate,
    endpoints: {chatCompletions, completions, embeddings, ...modelEndpoints(services)},
    encodeError,
  };
}
