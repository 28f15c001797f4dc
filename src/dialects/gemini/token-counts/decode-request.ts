import {isJsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, CountTokensRequest as NeutralRequest} from '../../../chat/request.js';
import type {DecodedRequest, WireRequest} from '../../dialect.js';
import {invalidArguments, malformedMessage, within} from '../field-violations.js';
import {decodeQuestion, type Question, type QuestionOrigin} from '../generate-content/decode-request.js';
import type {KeptContent} from '../kept-content.js';
import {checkModelName, isVertexPath} from '../model-name.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {unaryAnswer} from '../unary-answer.js';
import {encodeCount} from './encode-reply.js';
import {CountTokensRequest} from './schema.js';

const request = 'CountTokensRequest';

export function decodeCountTokens(
  {params, path, query, body}: WireRequest,
  kept: KeptContent,
): DecodedRequest {
  decodeAlt(query, ['json']);
  const modelName = checkModelName(params['model'] ?? '', request);
  const isVertex = isVertexPath(path);
  if (!isVertex) refuseVertexFields(body);
  const message = decodeProtoJson(CountTokensRequest, body);
  const question = decodeCounted(message, {modelName, isVertex, kept});
  return omitUndefined({
    request: asCount(question.request),
    modelName,
    answer: unaryAnswer('count-tokens', chunks => encodeCount(chunks, question.request)),
    warnings: question.warnings,
    dependsOnState: kept.wasUsed ? true : undefined,
  });
}

/** The request whose tokens to count: a whole request, or a prompt and the fields that Vertex AI has beside it. */
function decodeCounted(message: CountTokensRequest, origin: QuestionOrigin): Question {
  const {generateContentRequest, ...prompt} = message;
  if (generateContentRequest === undefined) {
    return within({request}, () => decodeQuestion(prompt, origin));
  }
  if (Object.keys(prompt).length > 0) {
    return within({request}, () => {
      const description = 'must not be set together with contents.';
      throw invalidArguments([{field: 'generate_content_request', description}]);
    });
  }
  return within({request, path: 'generate_content_request.'}, () =>
    decodeQuestion(generateContentRequest, origin),
  );
}

/** The fields beside `contents` that only Vertex AI has; the Developer API has them in `generateContentRequest`. */
const vertexField =
  /^(?:systemInstruction|system_instruction|tools|toolConfig|tool_config|generationConfig|generation_config)$/;

function refuseVertexFields(body: JsonValue): void {
  const names = isJsonObject(body)
    ? Object.entries(body).flatMap(([name, value]) =>
        value !== null && vertexField.test(name) ? [name] : [],
      )
    : [];
  if (names.length === 0) return;
  throw malformedMessage(
    names.map(name => ({
      description: `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`,
    })),
  );
}

/** Sampling parameters have no effect on the token count of the prompt. */
function asCount({turns, tools, toolChoice, output}: Question['request']): NeutralRequest<AskedContent> {
  return {operation: 'count-tokens', turns, ...omitUndefined({tools, toolChoice, output})};
}
