import {isJsonObject, type JsonObject} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, Content, Part, Turn} from '../../../chat/request.js';
import type {Tool, ToolChoice} from '../../../chat/tools.js';
import type {EncodedRequest} from '../../dialect.js';
import {attachedFile} from '../../kit/attached-file.js';

/** A chat as a client of Gemini writes it. What it cannot say is left out: whoever sends it compares its key. */
export function encodeRequest(request: ChatRequest<Content | Attachment>, model: string): EncodedRequest {
  const {turns, tools = [], toolChoice} = request;
  const first = turns.findIndex(({role}) => role !== 'system');
  const split = first < 0 ? turns.length : first;
  const names = new Map(
    turns.flatMap(({parts}) =>
      parts.flatMap(part => (part.type === 'tool-call' ? [[part.call, part.name]] : [])),
    ),
  );
  const system = turns.slice(0, split).flatMap(({parts}) => parts.map(part => encodePart(part, names)));
  const generationConfig = encodeConfig(request);
  const body = omitUndefined({
    contents: turns.slice(split).map(turn => encodeTurn(turn, names)),
    systemInstruction: system.length > 0 ? {parts: system} : undefined,
    tools: tools.length > 0 ? [{functionDeclarations: tools.map(encodeTool)}] : undefined,
    toolConfig: toolChoice && {functionCallingConfig: encodeChoice(toolChoice)},
    generationConfig: Object.keys(generationConfig).length > 0 ? generationConfig : undefined,
  });
  return {path: `/v1beta/models/${encodeURIComponent(model)}:generateContent`, body};
}

type Names = ReadonlyMap<string | undefined, string | undefined>;

function encodeTurn({role, parts}: Turn<Content | Attachment>, names: Names): JsonObject {
  return {role: role === 'assistant' ? 'model' : 'user', parts: parts.map(part => encodePart(part, names))};
}

function encodePart(part: Part<Content | Attachment>, names: Names): JsonObject {
  switch (part.type) {
    case 'text':
      return {text: part.text};
    case 'attachment': {
      const {mediaType, base64} = attachedFile(part);
      return {inlineData: {mimeType: mediaType, data: base64}};
    }
    case 'tool-call':
      return {functionCall: {name: part.name, args: part.arguments}};
    case 'tool-result': {
      const {name = names.get(part.call) ?? '', value} = part;
      return {functionResponse: {name, response: isJsonObject(value) ? value : {result: value}}};
    }
    default:
      return {text: ''};
  }
}

function encodeTool({name, description, parameters}: Tool): JsonObject {
  return omitUndefined({name, description, parametersJsonSchema: parameters});
}

function encodeChoice({type, allowed}: ToolChoice): JsonObject {
  const modes = {auto: 'AUTO', none: 'NONE', required: 'ANY', validated: 'VALIDATED'} as const;
  return omitUndefined({mode: modes[type], allowedFunctionNames: allowed && [...allowed]});
}

function encodeConfig({
  sampling = {},
  output,
  candidates,
  logprobs,
  reasoning = {},
}: ChatRequest<Content | Attachment>): JsonObject {
  const thinkingConfig = omitUndefined({
    thinkingBudget: reasoning.budget,
    includeThoughts: reasoning.includeThoughts,
    thinkingLevel: reasoning.effort?.toUpperCase(),
  });
  const mimeTypes = {json: 'application/json', 'json-schema': 'application/json', enum: 'text/x.enum'};
  return omitUndefined({
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    seed: sampling.seed,
    maxOutputTokens: sampling.maxTokens,
    stopSequences: sampling.stop && [...sampling.stop],
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    candidateCount: candidates,
    responseLogprobs: logprobs && true,
    logprobs: logprobs?.top,
    responseMimeType: output && mimeTypes[output.type],
    responseJsonSchema: output && output.type !== 'json' ? output.schema : undefined,
    thinkingConfig: Object.keys(thinkingConfig).length > 0 ? thinkingConfig : undefined,
  });
}
