import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, Content, Part, Reasoning, Turn} from '../../../chat/request.js';
import type {Tool, ToolChoice} from '../../../chat/tools.js';
import type {EncodedRequest} from '../../dialect.js';
import {attachedFile} from '../../kit/attached-file.js';

/** A chat as a client of Anthropic writes it. What it cannot say is left out: whoever sends it compares its key. */
export function encodeRequest(request: ChatRequest<Content | Attachment>, model: string): EncodedRequest {
  const {turns, tools = [], toolChoice, parallelToolCalls, sampling = {}, output, reasoning = {}} = request;
  const first = turns.findIndex(({role}) => role !== 'system');
  const system = turns.slice(0, first < 0 ? turns.length : first).flatMap(({parts}) => parts.map(encodePart));
  const schema = output?.type === 'json-schema' ? output.schema : undefined;
  const outputConfig = omitUndefined({
    effort: reasoning.effort,
    format: schema === undefined ? undefined : {type: 'json_schema', schema},
  });
  const body = omitUndefined({
    model,
    system: system.length > 0 ? system : undefined,
    messages: turns.slice(first < 0 ? turns.length : first).map(encodeTurn),
    tools: tools.length > 0 ? tools.map(encodeTool) : undefined,
    tool_choice: encodeChoice(toolChoice, parallelToolCalls),
    max_tokens: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    stop_sequences: sampling.stop && [...sampling.stop],
    thinking: encodeThinking(reasoning),
    output_config: Object.keys(outputConfig).length > 0 ? outputConfig : undefined,
  });
  return {path: '/v1/messages', body};
}

/** Results of tools come from the user. */
function encodeTurn({role, parts}: Turn<Content | Attachment>): JsonObject {
  return {role: role === 'tool' ? 'user' : role, content: parts.map(encodePart)};
}

function encodePart(part: Part<Content | Attachment>): JsonObject {
  switch (part.type) {
    case 'text':
      return {type: 'text', text: part.text};
    case 'attachment': {
      const {mediaType, base64, isImage} = attachedFile(part);
      const source = {type: 'base64', media_type: mediaType, data: base64};
      return {type: isImage ? 'image' : 'document', source};
    }
    case 'tool-call':
      return {type: 'tool_use', id: part.call, name: part.name, input: part.arguments};
    case 'tool-result': {
      const {call, value, isError} = part;
      const content = typeof value === 'string' ? value : stringifyJson(value);
      return omitUndefined({type: 'tool_result', tool_use_id: call, content, is_error: isError});
    }
    default:
      return {type: part.type};
  }
}

function encodeTool({name, description, parameters}: Tool): JsonObject {
  return omitUndefined({name, description, input_schema: parameters ?? {type: 'object', properties: {}}});
}

function encodeChoice(choice: ToolChoice | undefined, parallel: false | undefined): JsonObject | undefined {
  if (!choice && parallel === undefined) return undefined;
  const [only] = choice?.allowed ?? [];
  const isOne = choice?.type === 'required' && only !== undefined;
  const types = {auto: 'auto', none: 'none', required: 'any', validated: 'auto'} as const;
  return omitUndefined({
    type: isOne ? 'tool' : types[choice?.type ?? 'auto'],
    name: isOne ? only : undefined,
    disable_parallel_tool_use: parallel === false ? true : undefined,
  });
}

function encodeThinking({budget}: Reasoning): JsonObject | undefined {
  if (budget === undefined) return undefined;
  if (budget === 0) return {type: 'disabled'};
  return budget < 0 ? {type: 'adaptive'} : {type: 'enabled', budget_tokens: budget};
}
