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

  tools: neutral(Type.Array(AnyObject)),
  tool_choice: neutral(Type.Union([oneOf('none', 'auto', 'required'), AnyObject])),
  parallel_tool_calls: neutral(Type.Boolean()),
  functions: neutral(Type.Array(AnyObject)),
  function_call: neutral(Type.Union([oneOf('none', 'auto'), AnyObject])),
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
    tool_calls: neutral(Type.Array(AnyObject)),
    tool_call_id: neutral(Type.String()),
    function_call: neutral(AnyObject),
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

export const ImagePart = Type.Object(
  {type: Type.Literal('image_url'), image_url: AnyObject, ...cacheHints},
  {additionalProperties: false},
);

export const ImageSource = Type.Object(
  {
    url: Type.String({minLength: 1}),
    /** Every image is seen as large as the model's encoder takes it. */
    detail: ignored(oneOf('auto', 'low', 'high', 'original')),
  },
  {additionalProperties: false},
);

export const FilePart = Type.Object(
  {type: Type.Literal('file'), file: AnyObject, ...cacheHints},
  {additionalProperties: false},
);

export const FileSource = Type.Object(
  {
    file_data: neutral(Type.String({minLength: 1})),
    file_id: neutral(Type.String({minLength: 1})),
    filename: ignored(Type.String()),
  },
  {additionalProperties: false},
);

const name = Type.String({minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$'});

/** Which kind of tool; each then has its own members. */
export const ToolType = Type.Object({type: oneOf('function', 'custom')});

export const ToolDefinition = Type.Object(
  {type: Type.Literal('function'), function: AnyObject},
  {additionalProperties: false},
);

export const FunctionDefinition = Type.Object(
  {
    name,
    description: neutral(Type.String()),
    parameters: neutral(AnyObject),
    strict: ignored(Type.Boolean()),
  },
  {additionalProperties: false},
);
export type FunctionDefinition = Static<typeof FunctionDefinition>;

/** Which kind of choice; each then has its own members. */
export const ToolChoiceType = Type.Object({type: oneOf('function', 'allowed_tools', 'custom')});

export const NamedChoice = Type.Object(
  {type: Type.Literal('function'), function: AnyObject},
  {additionalProperties: false},
);

export const FunctionName = Type.Object({name: Type.String({minLength: 1})}, {additionalProperties: false});

export const AllowedToolsChoice = Type.Object(
  {type: Type.Literal('allowed_tools'), allowed_tools: AnyObject},
  {additionalProperties: false},
);

export const AllowedTools = Type.Object(
  {mode: oneOf('auto', 'required'), tools: Type.Array(AnyObject, {minItems: 1})},
  {additionalProperties: false},
);

/** A call in the history; what SDKs add to it when they gather a stream says nothing. */
export const ToolCallType = Type.Object({type: Type.Optional(oneOf('function', 'custom'))});

export const ToolCall = Type.Object(
  {
    id: Type.String({minLength: 1}),
    type: Type.Optional(Type.Literal('function')),
    function: AnyObject,
    index: ignored(Type.Unknown()),
  },
  {additionalProperties: false},
);

export const FunctionCall = Type.Object(
  {
    name: Type.String({minLength: 1}),
    arguments: Type.String(),
    /** What the SDKs' `parse` adds. */
    parsed_arguments: ignored(Type.Unknown()),
  },
  {additionalProperties: false},
);
