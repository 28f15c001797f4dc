import {isJsonObject, parseJson} from '../../../chat/json.js';
import {foldRecorded} from '../../../chat/reply.js';
import type {DialectServices, QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {requestedFiles, type UploadedFiles} from '../../kit/requested-files.js';
import {answerFormat, countFormat} from './answer-format.js';
import {answerDecoder, countDecoder} from './decode-answer.js';
import {decodeCount, decodeRequest} from './decode-request.js';
import {encodeCount} from './encode-count.js';
import {encodeReply} from './encode-reply.js';
import {encodeRequest} from './encode-request.js';
import {completeFromThread, createThreadStore, threadAfter} from './thread-store.js';

/** The endpoints that ask the model. */
export function messageEndpoints(
  files: UploadedFiles,
  services: Pick<DialectServices, 'objects'>,
): {
  readonly messages: QuestionEndpoint;
  readonly countTokens: QuestionEndpoint;
} {
  const threads = createThreadStore(services);
  return {
    messages: {
      kind: 'question',
      method: 'POST',
      decodeRequest(wire) {
        const {body, isKept, isContinued} = completeFromThread(wire.body, threads);
        const requested = requestedFiles(files);
        const decoded = decodeRequest({body}, requested);
        const {request, modelName, warnings} = decoded;
        return {
          request,
          modelName,
          warnings,
          answer: answerTo('chat', answerFormat(decoded)),
          dependsOnState: isContinued || requested.wereUsed,
          onAnswered: isKept
            ? (chunks, identity) => {
                const message = parseJson(encodeReply(foldRecorded(chunks), identity, decoded));
                const content =
                  isJsonObject(message) && Array.isArray(message['content']) ? message['content'] : [];
                threads.set(`msg_${identity.id}`, threadAfter(body, content));
              }
            : undefined,
        };
      },
      decoder: answerDecoder,
      encodeRequest,
    },
    countTokens: {
      kind: 'question',
      method: 'POST',
      decodeRequest(wire) {
        const requested = requestedFiles(files);
        const decoded = decodeCount(wire, requested);
        return {
          ...decoded,
          answer: answerTo('count-tokens', countFormat),
          dependsOnState: requested.wereUsed,
        };
      },
      decoder: countDecoder,
      encodeCount,
    },
  };
}
