import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest, Content, OutputFormat, Part, Turn} from '../../../chat/request.js';
import type {ToolCallPart, ToolChoice, ToolResultPart} from '../../../chat/tools.js';
import type {EncodedRequest} from '../../dialect.js';
import {attachedFile} from '../../kit/attached-file.js';

/** A chat as a client of OpenAI writes it. What it cannot say is left out: whoever sends it compares its key. */
export function encodeRequest(request: ChatRequest<Content | Attachment>, model: string): EncodedRequest {
  const {turns, tools = [], toolChoice, parallelToolCalls, sampling = {}, output} = request;
  const {candidates, logprobs, reasoning = {}, extras = {}} = request;
  const body = omitUndefined({
    model,
    messages: turns.flatMap(encodeTurn),
    tools:
      tools.length > 0
        ? tools.map(tool => ({type: 'function', function: omitUndefined({...tool})}) as JsonObject)
        : undefined,
    tool_choice: toolChoice && encodeChoice(toolChoice),
    parallel_tool_calls: parallelToolCalls,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    seed: sampling.seed,
    max_completion_tokens: sampling.maxTokens,
    stop: sampling.stop && [...sampling.stop],
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
    n: candidates,
    response_format: output && encodeOutput(output),
    logprobs: logprobs && true,
    top_logprobs: logprobs?.top,
    reasoning_effort: reasoning.effort,
    ...extras,
  });
  return {path: '/v1/chat/completions', body};
}

function encodeTurn({role, name, parts}: Turn<Content | Attachment>): readonly JsonObject[] {
  if (role === 'tool')
    return parts
      .filter((part): part is ToolResultPart<never> => part.type === 'tool-result')
      .map(encodeResult);
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  const given = parts.flatMap(encodeContent);
  const [first] = given;
  const content = given.length === 1 && first?.['type'] === 'text' ? (first['text'] ?? '') : given;
  return [
    omitUndefined({
      role,
      name,
      content: given.length === 0 ? null : content,
      tool_calls: calls.length > 0 ? calls.map(encodeCall) : undefined,
    }),
  ];
}

function encodeContent(part: Part<Content | Attachment>): JsonObject[] {
  if (part.type === 'text') return [{type: 'text', text: part.text}];
  if (part.type !== 'attachment') return [];
  const {mediaType, base64, isImage} = attachedFile(part);
  const url = `data:${mediaType};base64,${base64}`;
  return isImage
    ? [{type: 'image_url', image_url: {url}}]
    : [{type: 'file', file: {filename: 'file', file_data: url}}];
}

function encodeCall({call, name, arguments: given}: ToolCallPart): JsonObject {
  const text = typeof given === 'string' ? given : stringifyJson(given);
  return {id: call, type: 'function', function: {name, arguments: text}};
}

function encodeResult({call, value}: ToolResultPart<never>): JsonObject {
  return {
    role: 'tool',
    tool_call_id: call,
    content: typeof value === 'string' ? value : stringifyJson(value),
  };
}

function encodeChoice({type, allowed}: ToolChoice): string | JsonObject {
  const [only] = allowed ?? [];
  if (type === 'required' && allowed?.length === 1 && only !== undefined)
    return {type: 'function', function: {name: only}};
  return type === 'validated' ? 'auto' : type;
}

function encodeOutput(output: OutputFormat): JsonObject {
  if (output.type === 'json') return {type: 'json_object'};
  const {type: _type, name = 'answer', ...rest} = {name: undefined, ...output};
  return {type: 'json_schema', json_schema: omitUndefined({name, ...rest})};
}
