import type {JsonObject, JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {callableTools} from '../../local/tools/callable-tools.js';
import type {UpstreamDescription} from '../../upstream-description.js';

/** The tools and the tool choice of a request, for a server that supports tools. */
export function encodeTools(
  request: Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls' | 'unkeyed'>,
  upstream: UpstreamDescription,
): Record<string, JsonValue | undefined> {
  const tools = callableTools(request);
  if (tools.length === 0) return {};
  return {
    tools: tools.map(encodeTool),
    tool_choice: encodeChoice(request.toolChoice?.type, tools, upstream),
    parallel_tool_calls: encodeParallel(
      request.parallelToolCalls ?? request.unkeyed?.parallelToolCalls,
      upstream,
    ),
  };
}

function encodeTool({name, description, parameters, strict}: Tool): JsonObject {
  const schema = parameters ?? {type: 'object', properties: {}};
  return {type: 'function', function: omitUndefined({name, description, parameters: schema, strict})};
}

/** llama-server treats a tool choice that is an object as `auto` (https://github.com/ggml-org/llama.cpp/issues/26535). */
function encodeChoice(
  choice: 'auto' | 'none' | 'required' | 'validated' | undefined,
  tools: readonly Tool[],
  {isLlamaServer}: UpstreamDescription,
): JsonValue | undefined {
  if (choice === 'none') return 'none';
  if (choice !== 'required') return undefined;
  const [only] = tools;
  const isNamed = tools.length === 1 && only !== undefined && !isLlamaServer;
  return isNamed ? {type: 'function', function: {name: only.name}} : 'required';
}

/** By default OpenAI allows several calls in an answer, and llama-server one. */
function encodeParallel(
  parallel: boolean | undefined,
  {isLlamaServer, callsInParallel}: UpstreamDescription,
): boolean | undefined {
  if (!isLlamaServer) return parallel;
  return callsInParallel ? parallel === undefined : undefined;
}
