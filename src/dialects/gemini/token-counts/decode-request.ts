import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, CountTokensRequest as NeutralRequest} from '../../../chat/request.js';
import type {DecodedRequest, WireRequest} from '../../dialect.js';
import {invalidArguments, within} from '../field-violations.js';
import {decodeQuestion, type Question} from '../generate-content/decode-request.js';
import type {KeptContent} from '../kept-content.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {unaryAnswer} from '../unary-answer.js';
import {encodeCount} from './encode-reply.js';
import {CountTokensRequest} from './schema.js';

const request = 'CountTokensRequest';

export function decodeCountTokens({params, query, body}: WireRequest, kept: KeptContent): DecodedRequest {
  decodeAlt(query, ['json']);
  const modelName = params['model'] ?? '';
  const message = decodeProtoJson(CountTokensRequest, body);
  const question = decodeCounted(message, modelName, kept);
  return omitUndefined({
    request: asCount(question.request),
    modelName,
    answer: unaryAnswer('count-tokens', chunks => encodeCount(chunks, question.request)),
    warnings: question.warnings,
    dependsOnState: kept.wasUsed ? true : undefined,
  });
}

/** The request whose tokens to count: a whole request, or a prompt and the fields that Vertex AI has beside it. */
function decodeCounted(message: CountTokensRequest, modelName: string, kept: KeptContent): Question {
  const {generateContentRequest, ...prompt} = message;
  if (generateContentRequest === undefined) {
    return within({request}, () => decodeQuestion(prompt, modelName, kept));
  }
  if (Object.keys(prompt).length > 0) {
    return within({request}, () => {
      const description = 'must not be set together with contents.';
      throw invalidArguments([{field: 'generate_content_request', description}]);
    });
  }
  return within({request, path: 'generate_content_request.'}, () =>
    decodeQuestion(generateContentRequest, modelName, kept),
  );
}

/** Sampling parameters have no effect on the token count of the prompt. */
function asCount({turns, tools, toolChoice, output}: Question['request']): NeutralRequest<AskedContent> {
  return {operation: 'count-tokens', turns, ...omitUndefined({tools, toolChoice, output})};
}
