import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {AskedContent, ChatRequest, OutputFormat, Sampling} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import type {WireRequest} from '../dialect.js';
import {checkWire} from './check-wire.js';
import {decodeMessages} from './decode-messages.js';
import {decodeTools} from './decode-tools.js';
import {extrasOf, refuseUnsupported} from './handling.js';
import {outOfRange} from './invalid-value.js';
import {
  ChatCompletionRequest,
  JsonSchemaFormat,
  JsonSchemaResponseFormat,
  PlainResponseFormat,
  ResponseFormatType,
  StreamOptions,
} from './schema.js';

/** What a chat completion asks for, and how the answer is to be delivered. */
export type DecodedChatCompletion = {
  readonly request: ChatRequest<AskedContent>;
  readonly modelName: string;
  /** Calls are told in the older form: `function_call`. */
  readonly usesFunctions: boolean;
  /** Present when the answer is to be streamed. */
  readonly stream?: {readonly includeUsage: boolean};
};

/** @throws RetakeError `invalid_request` or `not_supported`, naming the field. */
export function decodeRequest({body: value, params}: WireRequest): DecodedChatCompletion {
  const modelName = modelNameOf(value, params['deployment']);
  const body = checkBody(value);
  refuseUnsupported(ChatCompletionRequest, body);
  const stream = decodeStream(body);
  return {
    request: {
      operation: 'chat',
      turns: decodeMessages(body.messages),
      ...present({
        ...decodeTools(body),
        sampling: decodeSampling(body),
        output: decodeOutput(body.response_format),
        candidates: body.n,
        logprobs: decodeLogprobs(body),
        reasoning: present({effort: body.reasoning_effort}),
        extras: {...extrasOf(ChatCompletionRequest, body), ...longSeed(body.seed)},
      }),
    },
    modelName,
    usesFunctions: (body.functions?.length ?? 0) > 0,
    ...(stream && {stream}),
  };
}

const checkBody = checkWire(ChatCompletionRequest);
const checkStreamOptions = checkWire(StreamOptions);
const checkFormatType = checkWire(ResponseFormatType);
const checkPlainFormat = checkWire(PlainResponseFormat);
const checkJsonSchemaFormat = checkWire(JsonSchemaResponseFormat);
const checkJsonSchema = checkWire(JsonSchemaFormat);

/** Azure names the model in the path, as a deployment. */
function modelNameOf(body: JsonValue, deployment: string | undefined): string {
  if (!isJsonObject(body)) {
    throw new RetakeError(
      'invalid_request',
      'We could not parse the JSON body of your request. A chat completion expects a JSON object.',
    );
  }
  const model = body['model'] ?? '';
  const name = model === '' ? (deployment ?? '') : model;
  if (name === '') throw new RetakeError('invalid_request', 'you must provide a model parameter');
  // Anything else is refused by the check of the whole body, in its own words.
  return typeof name === 'string' ? name : '';
}

function decodeStream({stream, stream_options: options}: ChatCompletionRequest) {
  if (options === undefined) return stream ? {includeUsage: false} : undefined;
  if (!stream) throw onlyAllowed('stream_options', 'stream');
  return {includeUsage: checkStreamOptions(options, 'stream_options').include_usage ?? false};
}

function decodeSampling(body: ChatCompletionRequest): Sampling {
  const {stop, max_tokens: maxTokens, max_completion_tokens: maxCompletionTokens} = body;
  if (maxTokens !== undefined && maxCompletionTokens !== undefined) {
    throw new RetakeError(
      'invalid_request',
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      {field: 'max_tokens', reason: 'invalid_parameter_combination'},
    );
  }
  return present({
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    seed: isShort(body.seed) ? body.seed : undefined,
    maxTokens: maxTokens ?? maxCompletionTokens,
    stop: typeof stop === 'string' ? [stop] : stop,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
    logitBias: body.logit_bias,
  });
}

type Seed = ChatCompletionRequest['seed'];

function isShort(seed: Seed): seed is number {
  return typeof seed === 'number' && Number.isSafeInteger(seed);
}

/** A 64-bit seed that a double cannot tell from its neighbours is passed on by its digits. */
function longSeed(seed: Seed): JsonObject {
  if (seed === undefined || isShort(seed)) return {};
  const exact = BigInt(seed);
  if (exact > maxInt64) throw outOfRange('seed', exact, {kind: 'integer', side: 'above', bound: maxInt64});
  if (exact < minInt64) throw outOfRange('seed', exact, {kind: 'integer', side: 'below', bound: minInt64});
  return {seed: exact};
}

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);

function decodeLogprobs({logprobs, top_logprobs: top}: ChatCompletionRequest) {
  if (top !== undefined && !logprobs) throw onlyAllowed('top_logprobs', 'logprobs');
  return logprobs ? {top: top ?? 0} : undefined;
}

function decodeOutput(format: JsonObject | undefined): OutputFormat | undefined {
  if (format === undefined) return undefined;
  const {type} = checkFormatType(format, 'response_format');
  if (type === 'json_schema') {
    const {json_schema: jsonSchema} = checkJsonSchemaFormat(format, 'response_format');
    const {schema, description} = checkJsonSchema(jsonSchema, 'response_format.json_schema');
    return {type: 'json-schema', schema, ...(description !== undefined && {description})};
  }
  checkPlainFormat(format, 'response_format');
  return type === 'json_object' ? {type: 'json'} : undefined;
}

function onlyAllowed(field: string, condition: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `The '${field}' parameter is only allowed when '${condition}' is enabled.`,
    {field},
  );
}

type Present<Members> = {[Name in keyof Members]?: Exclude<Members[Name], undefined>};

/** The members that say something: neither absent nor an empty object or list. */
function present<Members extends object>(members: Members): Present<Members> {
  const entries = Object.entries(members).filter(([, value]) => saysSomething(value));
  return Object.fromEntries(entries) as Present<Members>;
}

function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined;
}
