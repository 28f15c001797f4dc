import {attachmentsOf} from '../../../chat/attachments.js';
import type {ChunkOf} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest} from '../../../chat/request.js';
import type {AnswerFormat, DecodedRequest, WireRequest} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {cachedPrompt} from '../caches/cached-prompt.js';
import type {KeptContent} from '../kept-content.js';
import {checkModelName, isVertexPath} from '../model-name.js';
import {decodeProtoJson} from '../proto-json.js';
import type {NothingLeft} from '../proto-types.js';
import {decodeAlt} from '../query-parameters.js';
import {streamFormat, unaryFormat} from './answer-format.js';
import {CallNames} from './call-names.js';
import {decodeContents, decodeSystemInstruction} from './decode-contents.js';
import {decodeGenerationConfig} from './decode-generation-config.js';
import {decodeTools} from './decode-tools.js';
import {arrayFraming, sseFraming} from './encode-stream.js';
import type {AnswerOptions} from './response.js';
import {GenerateContentRequest} from './schema.js';

export function decodeGenerateContent(wire: WireRequest, kept: KeptContent): DecodedRequest {
  decodeAlt(wire.query, ['json']);
  return decodeRequest(wire, kept, unaryFormat);
}

export function decodeStreamGenerateContent(wire: WireRequest, kept: KeptContent): DecodedRequest {
  const alt = decodeAlt(wire.query, ['sse', 'json']);
  const framing = alt === 'sse' ? sseFraming : arrayFraming;
  return decodeRequest(wire, kept, options => streamFormat(options, framing));
}

function decodeRequest(
  {params, path, body}: WireRequest,
  kept: KeptContent,
  answerIn: (options: AnswerOptions) => AnswerFormat<ChunkOf<'chat'>>,
): DecodedRequest {
  const modelName = checkModelName(params['model'] ?? '', 'GenerateContentRequest');
  const isVertex = isVertexPath(path);
  const message = decodeProtoJson(GenerateContentRequest, body);
  const {request, warnings} = decodeQuestion(message, {modelName, isVertex, kept});
  const includeThoughts = request.reasoning?.includeThoughts === true;
  const isTextOnly = attachmentsOf(request).length === 0;
  return omitUndefined({
    request,
    modelName,
    answer: answerTo('chat', answerIn({modelName, includeThoughts, isTextOnly, isVertex})),
    warnings,
    dependsOnState: kept.wasUsed ? true : undefined,
  });
}

export type Question = {
  readonly request: ChatRequest<AskedContent>;
  readonly warnings: readonly string[];
};

export type QuestionOrigin = {
  readonly modelName: string;
  /** Whether the path is one of Vertex AI. */
  readonly isVertex: boolean;
  readonly kept: KeptContent;
};

/** Decodes a request, with the prompt of its cache in front. */
export function decodeQuestion(
  message: GenerateContentRequest,
  {modelName, isVertex, kept}: QuestionOrigin,
): Question {
  const {contents = [], generationConfig = {}, cachedContent, ...others} = message;
  const cached = cachedContent ? cachedPrompt(kept.cache(cachedContent), message, modelName) : undefined;
  const {systemInstruction = {}, tools = [], toolConfig = {}, ...rest} = others;
  rest satisfies NothingLeft;
  const decoding = {calls: new CallNames(), kept};
  const system = cached?.systemInstruction ?? systemInstruction;
  const {warnings, ...decodedTools} = decodeTools(cached?.tools ?? tools, cached?.toolConfig ?? toolConfig, {
    isVertex,
  });
  const before = cached?.contents ?? [];
  return {
    request: {
      operation: 'chat',
      turns: [
        ...decodeSystemInstruction(system, decoding),
        ...(before.length > 0 ? decodeContents(before, decoding) : []),
        ...decodeContents(contents, decoding),
      ],
      ...decodeGenerationConfig(generationConfig),
      ...decodedTools,
    },
    warnings,
  };
}
