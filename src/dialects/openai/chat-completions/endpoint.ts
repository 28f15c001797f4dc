import {chunkOf} from '../../../chat/chunk-of.js';
import type {QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {requestedFiles} from '../../kit/requested-files.js';
import type {FileStore} from '../files/file-store.js';
import type {CompletionStore} from '../stored-completions/completion-store.js';
import {refusedByApi} from '../strict-api.js';
import {answerFormat} from './answer-format.js';
import {answerDecoder} from './decode-answer.js';
import {decodeRequest} from './decode-request.js';
import {encodeRequest} from './encode-request.js';

const fieldNames = {
  messages: 'messages',
  format: 'response_format',
  schema: 'response_format',
  parameters: (index: number) => `tools[${index}].function.parameters`,
};

export function chatCompletions({
  files,
  completions,
}: {
  readonly files: FileStore;
  readonly completions: CompletionStore;
}): QuestionEndpoint {
  return {
    kind: 'question',
    method: 'POST',
    decodeRequest(wire) {
      const requested = requestedFiles(files);
      const decoded = decodeRequest(wire, requested);
      const {request, modelName, usesFunctions, customTools, keep, warnings} = decoded;
      const format = {modelName, usesFunctions, customTools};
      return {
        request,
        modelName,
        answer: answerTo('chat', answerFormat(decoded)),
        warnings,
        refusals: refusedByApi(request, fieldNames),
        dependsOnState: requested.wereUsed,
        ...(keep && {
          onAnswered(all, identity) {
            const chunks = all.map(chunk => chunkOf('chat', chunk));
            completions.add({id: `chatcmpl-${identity.id}`, identity, chunks, format, ...keep});
          },
        }),
      };
    },
    decoder: answerDecoder,
    encodeRequest,
  };
}
