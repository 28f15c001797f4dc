import {type Static, type TOptionalWithFlag, type TSchema, type TUnknown, Type} from '@sinclair/typebox';
import type {JsonObject, JsonValue} from '../../chat/json.js';

/**
 * What becomes of a field: `neutral` is translated, `extras` is passed on as it came and is part of the key, `ignored` cannot
 * change an answer, `refused` is an error unless its value means the same as leaving it out.
 */
export type Handling = 'neutral' | 'extras' | 'ignored' | 'refused';

type Handled<How extends Handling> = {
  readonly handling: How;
  /** Values of a refused field that mean the same as leaving it out. */
  readonly sameAsAbsent: readonly JsonValue[];
};

function handled<Schema extends TSchema, How extends Handling>(
  schema: Schema,
  handling: How,
  sameAsAbsent: readonly JsonValue[] = [],
): Schema & Handled<How> {
  return Object.assign(schema, {handling, sameAsAbsent});
}

/** A field that may be left out. */
type OptionalField<Schema extends TSchema, How extends Handling> = TOptionalWithFlag<Schema, true> &
  Handled<How>;

function neutral<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'neutral'> {
  return handled(Type.Optional(schema), 'neutral');
}

function extras<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'extras'> {
  return handled(Type.Optional(schema), 'extras');
}

function ignored<Schema extends TSchema>(schema: Schema): OptionalField<Schema, 'ignored'> {
  return handled(Type.Optional(schema), 'ignored');
}

function refused(...sameAsAbsent: readonly JsonValue[]): OptionalField<TUnknown, 'refused'> {
  return handled(Type.Optional(Type.Unknown()), 'refused', sameAsAbsent);
}

function oneOf<const Values extends readonly string[]>(...values: Values) {
  return Type.Union(values.map(value => Type.Literal<Values[number]>(value)));
}

const Decimal = (minimum: number, maximum: number) => Type.Number({minimum, maximum});
const Integer = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => Type.Integer({minimum, maximum});

/** Beyond 2^53 an integer is a bigint in the parsed body. */
const AnyInteger = Type.Union([Type.Integer(), Type.BigInt()]);

const AnyObject = Type.Unsafe<JsonObject>(Type.Object({}));

/** The body of a chat completion, as the API reference has it; fields that it does not list go to the extras. */
export const ChatCompletionRequest = Type.Object({
  messages: handled(Type.Array(AnyObject, {minItems: 1}), 'neutral'),
  model: neutral(Type.String()),

  temperature: neutral(Decimal(0, 2)),
  top_p: neutral(Decimal(0, 1)),
  /** Not OpenAI's own, but understood by every server that speaks its API; 0 and -1 switch it off. */
  top_k: neutral(Integer(-1)),
  seed: neutral(AnyInteger),
  stop: neutral(
    Type.Union([Type.String({minLength: 1}), Type.Array(Type.String({minLength: 1}), {maxItems: 4})]),
  ),
  max_tokens: neutral(Integer(1)),
  max_completion_tokens: neutral(Integer(1)),
  presence_penalty: neutral(Decimal(-2, 2)),
  frequency_penalty: neutral(Decimal(-2, 2)),
  logit_bias: neutral(
    Type.Record(Type.String({pattern: '^\\d+$'}), Decimal(-100, 100), {additionalProperties: false}),
  ),
  n: neutral(Integer(1, 128)),
  logprobs: neutral(Type.Boolean()),
  top_logprobs: neutral(Integer(0, 20)),
  response_format: neutral(AnyObject),
  reasoning_effort: neutral(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),

  prediction: extras(AnyObject),
  verbosity: extras(oneOf('low', 'medium', 'high')),

  stream: ignored(Type.Boolean()),
  stream_options: ignored(AnyObject),
  user: ignored(Type.String()),
  metadata: ignored(AnyObject),
  store: ignored(Type.Boolean()),
  service_tier: ignored(Type.String()),
  safety_identifier: ignored(Type.String()),
  prompt_cache_key: ignored(Type.String()),
  prompt_cache_options: ignored(AnyObject),
  prompt_cache_retention: ignored(Type.String()),

  modalities: refused(['text']),
  audio: refused(),
  moderation: refused(),
  web_search_options: refused(),
  tools: refused([]),
  tool_choice: refused(),
  parallel_tool_calls: refused(true),
  functions: refused([]),
  function_call: refused(),
});
export type ChatCompletionRequest = Static<typeof ChatCompletionRequest>;

export const StreamOptions = Type.Object(
  {include_usage: ignored(Type.Boolean()), include_obfuscation: ignored(Type.Boolean())},
  {additionalProperties: false},
);

const responseFormats = ['json_object', 'json_schema', 'text'] as const;

/** Which of the formats; each then has its own members. */
export const ResponseFormatType = Type.Object({type: oneOf(...responseFormats)});

export const PlainResponseFormat = Type.Object(
  {type: oneOf(...responseFormats)},
  {additionalProperties: false},
);

export const JsonSchemaResponseFormat = Type.Object(
  {type: oneOf(...responseFormats), json_schema: AnyObject},
  {additionalProperties: false},
);

export const JsonSchemaFormat = Type.Object(
  {
    name: Type.String({minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$'}),
    schema: AnyObject,
    description: neutral(Type.String()),
    strict: ignored(Type.Boolean()),
  },
  {additionalProperties: false},
);

/** Every role's members; which of them say something depends on the role. */
export const Message = Type.Object(
  {
    role: oneOf('system', 'assistant', 'user', 'function', 'tool', 'developer'),
    content: neutral(Type.Union([Type.String(), Type.Array(AnyObject)])),
    name: neutral(Type.String({minLength: 1, maxLength: 64})),
    /** What an assistant said when it declined. */
    refusal: neutral(Type.String()),

    annotations: ignored(Type.Unknown()),
    reasoning_content: ignored(Type.Unknown()),
    reasoning: ignored(Type.Unknown()),
    reasoning_details: ignored(Type.Unknown()),
    /** What the SDKs' `parse` adds to a message that is then sent back. */
    parsed: ignored(Type.Unknown()),
    cache_control: ignored(Type.Unknown()),

    audio: refused(),
    tool_calls: refused([]),
    tool_call_id: refused(),
    function_call: refused(),
  },
  {additionalProperties: false},
);
export type Message = Static<typeof Message>;

/** Which kind of content part; each then has its own members. */
export const PartType = Type.Object({type: oneOf('text', 'image_url', 'input_audio', 'file')});
export const AssistantPartType = Type.Object({type: oneOf('text', 'refusal')});

const cacheHints = {
  cache_control: ignored(Type.Unknown()),
  prompt_cache_breakpoint: ignored(Type.Unknown()),
};

export const TextPart = Type.Object(
  {type: Type.Literal('text'), text: Type.String(), annotations: ignored(Type.Unknown()), ...cacheHints},
  {additionalProperties: false},
);

export const RefusalPart = Type.Object(
  {type: Type.Literal('refusal'), refusal: Type.String(), ...cacheHints},
  {additionalProperties: false},
);
