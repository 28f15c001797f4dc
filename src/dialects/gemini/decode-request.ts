import {foldChunks} from '../../chat/reply.js';
import type {AskedContent, ChatRequest} from '../../chat/request.js';
import type {AnswerFormat, DecodedRequest, WireRequest} from '../dialect.js';
import {decodeContents, decodeSystemInstruction} from './decode-contents.js';
import {decodeGenerationConfig} from './decode-generation-config.js';
import {decodeTools} from './decode-tools.js';
import {errorJson} from './encode-error.js';
import {encodeReply} from './encode-reply.js';
import {arrayFraming, encodeStream, sseFraming} from './encode-stream.js';
import {decodeProtoJson} from './proto-json.js';
import type {NothingLeft} from './proto-types.js';
import {decodeAlt} from './query-parameters.js';
import type {AnswerOptions} from './response.js';
import {GenerateContentRequest} from './schema.js';

export function decodeGenerateContent(wire: WireRequest): DecodedRequest {
  decodeAlt(wire.query, ['json']);
  return decodeRequest(wire, unaryFormat);
}

export function decodeStreamGenerateContent(wire: WireRequest): DecodedRequest {
  const alt = decodeAlt(wire.query, ['sse', 'json']);
  const framing = alt === 'sse' ? sseFraming : arrayFraming;
  return decodeRequest(wire, options => streamFormat(options, framing));
}

function decodeRequest(
  {params, body}: WireRequest,
  answerIn: (options: AnswerOptions) => AnswerFormat,
): DecodedRequest {
  const message = decodeProtoJson(GenerateContentRequest, body);
  const {contents = [], systemInstruction = {}, generationConfig = {}, ...others} = message;
  const {tools = [], toolConfig = {}, ...rest} = others;
  rest satisfies NothingLeft;
  const {warnings, ...decodedTools} = decodeTools(tools, toolConfig);
  const request: ChatRequest<AskedContent> = {
    operation: 'chat',
    turns: [...decodeSystemInstruction(systemInstruction), ...decodeContents(contents)],
    ...decodeGenerationConfig(generationConfig),
    ...decodedTools,
  };
  const modelName = params['model'] ?? '';
  const includeThoughts = request.reasoning?.includeThoughts === true;
  return {request, modelName, answer: answerIn({modelName, includeThoughts}), warnings};
}

function unaryFormat(options: AnswerOptions): AnswerFormat {
  return {
    delivery: 'unary',
    headers: () => ({'content-type': 'application/json; charset=UTF-8'}),
    encode: async (chunks, identity) => encodeReply(await foldChunks(chunks), identity, options),
  };
}

function streamFormat(options: AnswerOptions, framing: typeof sseFraming): AnswerFormat {
  return {
    delivery: 'stream',
    headers: () => ({'content-type': framing.contentType}),
    encodeStream: (chunks, identity) => encodeStream(chunks, identity, options, framing),
    encodeStreamError: error => framing.frame(errorJson(error), {first: false, last: true}),
  };
}
