import type {Dialect, DialectServices, QuestionEndpoint} from '../dialect.js';
import {answerFormat} from './answer-format.js';
import {completions} from './completions/endpoint.js';
import {decodeRequest} from './decode-request.js';
import {embeddings} from './embeddings/endpoint.js';
import {encodeError} from './encode-error.js';
import {fileEndpoints} from './files/endpoints.js';
import {createFileStore, type FileStore} from './files/file-store.js';
import {requestedFiles} from './files/requested-files.js';
import {locate} from './locate.js';
import {modelEndpoints} from './models/endpoints.js';
import {responseEndpoints} from './responses/endpoints.js';

/** The OpenAI API, as its SDKs, its compatible servers and Azure speak it. */
export function createOpenai(services: DialectServices): Dialect {
  const files = createFileStore(services);
  return {
    name: 'openai',
    locate,
    endpoints: {
      chatCompletions: chatCompletions(files),
      completions,
      embeddings,
      ...modelEndpoints(services),
      ...fileEndpoints(files),
      ...responseEndpoints(files),
    },
    encodeError,
  };
}

function chatCompletions(store: FileStore): QuestionEndpoint {
  return {
    kind: 'question',
    method: 'POST',
    decodeRequest(wire) {
      const files = requestedFiles(store);
      const decoded = decodeRequest(wire, files);
      return {
        request: decoded.request,
        modelName: decoded.modelName,
        answer: answerFormat(decoded),
        ...(files.wereUsed && {dependsOnState: true}),
      };
    },
  };
}
