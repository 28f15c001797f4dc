import type {JsonObject, JsonValue} from '../../../chat/json.js';
import type {ChatRequest} from '../../../chat/request.js';
import type {Tool} from '../../../chat/tools.js';
import {callableTools} from '../../local/tools/callable-tools.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {defined} from './defined.js';

/** The tools of a request for a server that knows what they are, and how it may choose from them. */
export function encodeTools(
  request: Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>,
  upstream: UpstreamDescription,
): Record<string, JsonValue | undefined> {
  const tools = callableTools(request);
  if (tools.length === 0) return {};
  return {
    tools: tools.map(encodeTool),
    tool_choice: encodeChoice(request.toolChoice?.type, tools, upstream),
    parallel_tool_calls: encodeParallel(request.parallelToolCalls, upstream),
  };
}

function encodeTool({name, description, parameters}: Tool): JsonObject {
  const schema = parameters ?? {type: 'object', properties: {}};
  return {type: 'function', function: defined({name, description, parameters: schema})};
}

/** llama-server takes a choice that is an object for a free one (https://github.com/ggml-org/llama.cpp/issues/26535). */
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

/** OpenAI's default are several calls in an answer, and llama-server's is one. */
function encodeParallel(
  parallel: false | undefined,
  {isLlamaServer, callsInParallel}: UpstreamDescription,
): boolean | undefined {
  if (!isLlamaServer) return parallel;
  return callsInParallel ? parallel === undefined : undefined;
}
