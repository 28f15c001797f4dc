import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, ChatRequest, Unkeyed} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import type {WireRequest} from '../../dialect.js';
import {omitEmpty} from '../../kit/omit-empty.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {extrasOf, refuseUnsupported} from '../handling.js';
import {modelNameOf} from '../model-name.js';
import {decodeSampling, longSeed} from '../sampling.js';
import {decodeStream, onlyAllowed} from '../stream-options.js';
import {decodeMessages} from './decode-messages.js';
import {decodeOutput} from './decode-output.js';
import {decodeTools} from './decode-tools.js';
import {ChatCompletionRequest} from './schema.js';

/** A decoded chat completion request, and the format of its answer. */
export type DecodedChatCompletion = {
  readonly request: ChatRequest<AskedContent>;
  readonly modelName: string;
  /** Whether calls have the older form, `function_call`. */
  readonly usesFunctions: boolean;
  /** The names of the tools whose calls have the type `custom`. */
  readonly customTools: readonly string[];
  /** Set if the completion is stored. */
  readonly keep?: {readonly messages: readonly JsonObject[]; readonly metadata: JsonObject};
  readonly warnings: readonly string[];
  /** Set if the answer is streamed. */
  readonly stream?: {readonly includeUsage: boolean};
};

/** @throws RetakeError `invalid_request` or `not_supported`, naming the field. */
export function decodeRequest(
  {body: value, params}: WireRequest,
  files: RequestedFiles,
): DecodedChatCompletion {
  const modelName = modelNameOf(value, params['deployment']);
  const body = checkBody(value);
  refuseUnsupported(ChatCompletionRequest, body);
  const stream = decodeStream(body);
  const {messages, web_search_options: search} = body;
  const {tools, customTools} = decodeTools(body);
  return omitUndefined({
    request: {
      operation: 'chat',
      turns: decodeMessages(messages, files),
      ...omitEmpty({
        ...tools,
        serverTools: search && [{web_search_options: search}],
        sampling: decodeSampling(body, maxTokensOf(body)),
        output: decodeOutput(body.response_format),
        candidates: body.n,
        logprobs: decodeLogprobs(body),
        reasoning: omitEmpty({effort: body.reasoning_effort}),
        extras: {...extrasOf(ChatCompletionRequest, body), ...longSeed(body.seed)},
        unkeyed: decodeUnkeyed(body),
      }),
    },
    modelName,
    customTools,
    usesFunctions: (body.functions?.length ?? 0) > 0,
    keep: body.store ? {messages, metadata: body.metadata ?? {}} : undefined,
    warnings: search ? ["'web_search_options' asks for a tool that the provider runs: it was not used."] : [],
    stream,
  });
}

const checkBody = checkWire(ChatCompletionRequest);

/** What the client wrote and the key leaves out. The answer is stored here, so `store` and `metadata` stay here, too. */
function decodeUnkeyed(body: ChatCompletionRequest): Unkeyed {
  const {user, service_tier, safety_identifier, prompt_cache_key} = body;
  const {prompt_cache_options, prompt_cache_retention} = body;
  return omitEmpty({
    maxTokensField: body.max_completion_tokens === undefined ? undefined : ('max_completion_tokens' as const),
    parallelToolCalls: body.parallel_tool_calls || undefined,
    fields: omitEmpty({
      ...{user, service_tier, safety_identifier, prompt_cache_key},
      ...{prompt_cache_options, prompt_cache_retention},
    }),
  });
}

function maxTokensOf({max_tokens: older, max_completion_tokens: newer}: ChatCompletionRequest) {
  if (older !== undefined && newer !== undefined) {
    throw new RetakeError(
      'invalid_request',
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      {field: 'max_tokens', reason: 'invalid_parameter_combination'},
    );
  }
  return older ?? newer;
}

function decodeLogprobs({logprobs, top_logprobs: top}: ChatCompletionRequest) {
  if (top !== undefined && !logprobs) throw onlyAllowed('top_logprobs', 'logprobs');
  return logprobs ? {top: top ?? 0} : undefined;
}
