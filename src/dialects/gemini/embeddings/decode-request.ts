import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, EmbedInput, EmbedRequest} from '../../../chat/request.js';
import type {AnswerFormat, DecodedRequest, WireRequest} from '../../dialect.js';
import {checkBounds} from '../check-bounds.js';
import {invalidArguments, within} from '../field-violations.js';
import {CallNames} from '../generate-content/call-names.js';
import {decodeParts} from '../generate-content/decode-contents.js';
import type {Content} from '../generate-content/schema.js';
import type {KeptContent} from '../kept-content.js';
import {checkModelName} from '../model-name.js';
import {decodeProtoJson} from '../proto-json.js';
import type {NothingLeft} from '../proto-types.js';
import {decodeAlt} from '../query-parameters.js';
import {unaryAnswer} from '../unary-answer.js';
import {encodeBatch, encodePredictions, encodeSingle} from './encode-reply.js';
import {BatchEmbedContentsRequest, EmbedContentRequest, type Instance, PredictRequest} from './schema.js';

type Input = EmbedInput<AskedContent>;

export function decodeEmbedContent(wire: WireRequest, kept: KeptContent): DecodedRequest {
  const message = decodeProtoJson(EmbedContentRequest, wire.body);
  const input = within({request: 'EmbedContentRequest'}, () => decodeInput(message, kept));
  return decoded(wire, kept, [input], unaryAnswer('embed', encodeSingle));
}

export function decodeBatchEmbedContents(wire: WireRequest, kept: KeptContent): DecodedRequest {
  const {requests = [], ...rest} = decodeProtoJson(BatchEmbedContentsRequest, wire.body);
  rest satisfies NothingLeft;
  const request = 'BatchEmbedContentsRequest';
  within({request}, () => checkCount(requests.length, 'requests'));
  const inputs = requests.map((message, index) =>
    within({request, path: `requests[${index}].`}, () => decodeInput(message, kept)),
  );
  return decoded(wire, kept, inputs, unaryAnswer('embed', encodeBatch));
}

/** Vertex AI embeds texts with the method that it uses for all models. */
export function decodePredict(wire: WireRequest, kept: KeptContent): DecodedRequest {
  const {instances = [], parameters = {}, ...rest} = decodeProtoJson(PredictRequest, wire.body);
  rest satisfies NothingLeft;
  const {outputDimensionality, ...others} = parameters;
  others satisfies NothingLeft;
  const inputs = within({request: 'PredictRequest'}, () => {
    checkBounds(PredictRequest, {parameters}, '');
    checkCount(instances.length, 'instances');
    return instances.map((instance, index) => decodeInstance(instance, outputDimensionality, index));
  });
  return decoded(wire, kept, inputs, unaryAnswer('embed', encodePredictions));
}

function decoded(
  {params, query}: WireRequest,
  kept: KeptContent,
  inputs: readonly Input[],
  answer: AnswerFormat,
): DecodedRequest {
  decodeAlt(query, ['json']);
  const request: EmbedRequest<AskedContent> = {operation: 'embed', inputs};
  const modelName = checkModelName(params['model'] ?? '', 'EmbedContentRequest');
  return omitUndefined({request, modelName, answer, dependsOnState: kept.wasUsed ? true : undefined});
}

function decodeInput(message: EmbedContentRequest, kept: KeptContent): Input {
  const {content = {}, embedContentConfig = {}, taskType, title, outputDimensionality, ...rest} = message;
  rest satisfies NothingLeft;
  checkBounds(EmbedContentRequest, message, '');
  const {
    taskType: configTask,
    title: configTitle,
    outputDimensionality: configDimensions,
    ...others
  } = embedContentConfig;
  others satisfies NothingLeft;
  return {
    content: decodeContent(content, kept),
    ...omitUndefined({
      task: taskOf(onlyOne(taskType, configTask, 'task_type')),
      title: onlyOne(title, configTitle, 'title'),
      dimensions: onlyOne(outputDimensionality, configDimensions, 'output_dimensionality'),
    }),
  };
}

function decodeInstance(
  {content, taskType, title, ...rest}: Instance,
  dimensions: number | undefined,
  index: number,
): Input {
  rest satisfies NothingLeft;
  if (content === undefined) {
    throw invalidArguments([{field: `instances[${index}].content`, description: 'content is not specified'}]);
  }
  return {
    content: [{type: 'text', text: content}],
    ...omitUndefined({task: taskOf(taskType), title, dimensions}),
  };
}

/** One input. Its role has no effect. */
function decodeContent(
  {role: _role, parts = [], ...rest}: Content,
  kept: KeptContent,
): readonly AskedContent[] {
  rest satisfies NothingLeft;
  const given = decodeParts(parts, 'content', {calls: new CallNames(), kept}).map((part, index) => {
    if (part.type !== 'tool-call' && part.type !== 'tool-result') return part;
    const description = 'calls of functions and their results cannot be embedded.';
    throw invalidArguments([{field: `content.parts[${index}]`, description}]);
  });
  if (given.length > 0) return given;
  throw invalidArguments([{field: 'content', description: 'contents is not specified'}]);
}

/** A field that the request has in two places may be set in one of them. */
function onlyOne<Value>(
  own: Value | undefined,
  configured: Value | undefined,
  name: string,
): Value | undefined {
  if (own === undefined || configured === undefined || own === configured) return own ?? configured;
  const description = `must be the same as ${name}.`;
  throw invalidArguments([{field: `embed_content_config.${name}`, description}]);
}

function taskOf(taskType: EmbedContentRequest['taskType']): string | undefined {
  return taskType === 'TASK_TYPE_UNSPECIFIED' ? undefined : taskType;
}

function checkCount(count: number, field: string): void {
  if (count === 0) throw invalidArguments([{field, description: `${field} is not specified`}]);
}
