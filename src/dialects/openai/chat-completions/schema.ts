import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, extras, handled, ignored, neutral, oneOf, refused} from '../../kit/fields.js';
import {Integer} from '../numbers.js';
import {samplingFields} from '../sampling.js';

/** The body of a chat completion; fields that the API reference does not list go to the extras. */
export const ChatCompletionRequest = Type.Object({
  messages: handled(Type.Array(AnyObject, {minItems: 1}), 'neutral'),
  model: neutral(Type.String()),

  ...samplingFields,
  max_tokens: neutral(Integer(1)),
  max_completion_tokens: neutral(Integer(1)),
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

  tools: neutral(Type.Array(AnyObject)),
  tool_choice: neutral(Type.Union([oneOf('none', 'auto', 'required'), AnyObject])),
  parallel_tool_calls: neutral(Type.Boolean()),
  functions: neutral(Type.Array(AnyObject)),
  function_call: neutral(Type.Union([oneOf('none', 'auto'), AnyObject])),
  /** A tool that the provider runs: part of the key, and not run. */
  web_search_options: neutral(AnyObject),
});
export type ChatCompletionRequest = Static<typeof ChatCompletionRequest>;

/** The members of a stored completion that can be changed. */
export const CompletionUpdate = Type.Object({metadata: AnyObject}, {additionalProperties: false});

export const StreamOptions = Type.Object(
  {include_usage: ignored(Type.Boolean()), include_obfuscation: ignored(Type.Boolean())},
  {additionalProperties: false},
);

const responseFormats = ['json_object', 'json_schema', 'text'] as const;

/** The type of format; each type has its own members. */
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

/** The members of all roles; their effect depends on the role. */
export const Message = Type.Object(
  {
    role: oneOf('system', 'assistant', 'user', 'function', 'tool', 'developer'),
    content: neutral(Type.Union([Type.String(), Type.Array(AnyObject)])),
    name: neutral(Type.String({minLength: 1, maxLength: 64})),
    /** The refusal of an assistant. */
    refusal: neutral(Type.String()),

    annotations: ignored(Type.Unknown()),
    reasoning_content: ignored(Type.Unknown()),
    reasoning: ignored(Type.Unknown()),
    reasoning_details: ignored(Type.Unknown()),
    /** LiteLLM's form of Anthropic's thoughts. */
    thinking_blocks: ignored(Type.Unknown()),
    /** What LiteLLM adds to each message of an answer. */
    provider_specific_fields: ignored(Type.Unknown()),
    /** Google's addition to this API: thought signatures. */
    extra_content: ignored(Type.Unknown()),
    /** Added by the SDKs' `parse` to messages that clients send back. */
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

/** The type of content part; each type has its own members. */
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
    /** The image encoder of the model decides the resolution. */
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

/** The type of tool; each type has its own members. */
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

/** The type of choice; each type has its own members. */
export const ToolChoiceType = Type.Object({type: oneOf('function', 'allowed_tools', 'custom')});

export const NamedChoice = Type.Object(
  {type: Type.Literal('function'), function: AnyObject},
  {additionalProperties: false},
);

export const CustomToolDefinition = Type.Object(
  {type: Type.Literal('custom'), custom: AnyObject},
  {additionalProperties: false},
);

export const CustomDefinition = Type.Object(
  {name, description: neutral(Type.String()), format: neutral(AnyObject)},
  {additionalProperties: false},
);

/** The type of format of a custom tool's input; each type has its own members. */
export const CustomFormatType = Type.Object({type: oneOf('text', 'grammar')});

export const CustomTextFormat = Type.Object({type: Type.Literal('text')}, {additionalProperties: false});

export const CustomGrammarFormat = Type.Object(
  {type: Type.Literal('grammar'), grammar: AnyObject},
  {additionalProperties: false},
);

export const CustomGrammar = Type.Object(
  {syntax: oneOf('lark', 'regex'), definition: Type.String({minLength: 1})},
  {additionalProperties: false},
);

export const NamedCustomChoice = Type.Object(
  {type: Type.Literal('custom'), custom: AnyObject},
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

/** A tool call in the history; members that SDKs add when they collect a stream have no effect. */
export const ToolCallType = Type.Object({type: Type.Optional(oneOf('function', 'custom'))});

export const ToolCall = Type.Object(
  {
    id: Type.String({minLength: 1}),
    type: Type.Optional(Type.Literal('function')),
    function: AnyObject,
    index: ignored(Type.Unknown()),
    extra_content: ignored(Type.Unknown()),
    provider_specific_fields: ignored(Type.Unknown()),
  },
  {additionalProperties: false},
);

export const CustomToolCall = Type.Object(
  {
    id: Type.String({minLength: 1}),
    type: Type.Literal('custom'),
    custom: AnyObject,
    index: ignored(Type.Unknown()),
    extra_content: ignored(Type.Unknown()),
    provider_specific_fields: ignored(Type.Unknown()),
  },
  {additionalProperties: false},
);

export const CustomCall = Type.Object(
  {name: Type.String({minLength: 1}), input: Type.String()},
  {additionalProperties: false},
);

export const FunctionCall = Type.Object(
  {
    name: Type.String({minLength: 1}),
    arguments: Type.String(),
    /** Added by the SDKs' `parse`. */
    parsed_arguments: ignored(Type.Unknown()),
    provider_specific_fields: ignored(Type.Unknown()),
  },
  {additionalProperties: false},
);
