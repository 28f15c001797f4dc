import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, extras, handled, Integer, ignored, neutral, oneOf, refused} from './fields.js';
import {samplingFields} from './sampling.js';

/** The body of a chat completion, as the API reference has it; fields that it does not list go to the extras. */
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
