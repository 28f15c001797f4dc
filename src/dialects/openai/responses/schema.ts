import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, oneOf, refused} from '../../kit/fields.js';
import {Decimal, Integer} from '../numbers.js';

const closed = {additionalProperties: false};
const cacheHints = {prompt_cache_breakpoint: ignored(Type.Unknown())};

const Input = Type.Union([Type.String(), Type.Array(AnyObject)]);
const ToolChoice = Type.Union([oneOf('none', 'auto', 'required'), AnyObject]);

/** The request fields that responses and input token counts share. */
const question = {
  input: neutral(Input),
  model: neutral(Type.String()),
  instructions: neutral(Type.String()),
  previous_response_id: neutral(Type.String({minLength: 1})),
  tools: neutral(Type.Array(AnyObject)),
  tool_choice: neutral(ToolChoice),
  text: neutral(AnyObject),
  conversation: neutral(Type.Union([Type.String({minLength: 1}), AnyObject])),
};

/** The body of a response request; fields that the API reference does not list go to the extras. */
export const ResponseRequest = Type.Object({
  ...question,
  parallel_tool_calls: neutral(Type.Boolean()),
  reasoning: neutral(AnyObject),
  temperature: neutral(Decimal(0, 2)),
  top_p: neutral(Decimal(0, 1)),
  max_output_tokens: neutral(Integer(16)),
  top_logprobs: neutral(Integer(0, 20)),
  /** Only log probabilities are supported; the others belong to tools that the provider would run. */
  include: neutral(
    Type.Array(
      oneOf(
        'file_search_call.results',
        'web_search_call.results',
        'web_search_call.action.sources',
        'message.input_image.image_url',
        'computer_call_output.output.image_url',
        'code_interpreter_call.outputs',
        'reasoning.encrypted_content',
        'message.output_text.logprobs',
      ),
    ),
  ),

  stream: ignored(Type.Boolean()),
  stream_options: ignored(AnyObject),
  store: ignored(Type.Boolean()),
  /** An answer that is complete at once is a response in the background that has ended. */
  background: ignored(Type.Boolean()),
  metadata: ignored(AnyObject),
  user: ignored(Type.String()),
  service_tier: ignored(Type.String()),
  safety_identifier: ignored(Type.String()),
  prompt_cache_key: ignored(Type.String()),
  prompt_cache_options: ignored(AnyObject),
  prompt_cache_retention: ignored(Type.String()),
  /** retake never truncates a conversation; the upstream rejects one that is too long. */
  truncation: ignored(oneOf('auto', 'disabled')),
  /** Limits the calls of tools that the provider would run. */
  max_tool_calls: ignored(Integer(1)),
  image: ignored(AnyObject),
  /** Codex tells of itself here, anew in each turn. */
  client_metadata: ignored(AnyObject),

  context_management: refused([]),
  moderation: refused(),
  prompt: refused(),
  access_programs: refused(),
});
export type ResponseRequest = Static<typeof ResponseRequest>;

/** The body of an input token count. */
export const InputTokensRequest = Type.Object({
  ...question,
  parallel_tool_calls: ignored(Type.Boolean()),
  reasoning: ignored(AnyObject),
  truncation: ignored(oneOf('auto', 'disabled')),

  personality: refused(),
});
export type InputTokensRequest = Static<typeof InputTokensRequest>;

export const StreamOptions = Type.Object({include_obfuscation: ignored(Type.Boolean())}, closed);

export const TextConfig = Type.Object(
  {format: neutral(AnyObject), verbosity: neutral(oneOf('low', 'medium', 'high'))},
  closed,
);

const Effort = oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max');

export const ReasoningConfig = Type.Object(
  {
    effort: neutral(Effort),
    /** Reasoning is always returned if the model shows it. */
    summary: ignored(oneOf('auto', 'concise', 'detailed')),
    generate_summary: ignored(oneOf('auto', 'concise', 'detailed')),
    /** Reasoning of earlier turns is never given to the model. */
    context: ignored(oneOf('auto', 'current_turn', 'all_turns')),
    mode: refused('standard'),
  },
  closed,
);

export const ConfigurationReasoning = Type.Object({effort: neutral(Effort)}, closed);

export const ConfigurationText = Type.Object({format: neutral(AnyObject)}, closed);

/** The type of item; without a type it is a message, or a reference if it only has an id. */
export const ItemType = Type.Object({type: neutral(Type.String())});

const itemHead = {
  id: ignored(Type.String()),
  status: ignored(Type.String()),
  /** What Codex notes on the items of its history. */
  internal_chat_message_metadata_passthrough: ignored(Type.Unknown()),
};

export const MessageItem = Type.Object(
  {
    type: neutral(Type.Literal('message')),
    role: oneOf('user', 'assistant', 'system', 'developer'),
    content: Type.Union([Type.String(), Type.Array(AnyObject)]),
    phase: ignored(oneOf('commentary', 'final_answer')),
    ...itemHead,
  },
  closed,
);
export type MessageItem = Static<typeof MessageItem>;

export const FunctionCallItem = Type.Object(
  {
    type: Type.Literal('function_call'),
    call_id: Type.String({minLength: 1}),
    name: Type.String({minLength: 1}),
    arguments: Type.String(),
    ...itemHead,
    /** Added by the SDKs' `parse`. */
    parsed_arguments: ignored(Type.Unknown()),
    caller: ignored(Type.Unknown()),
    created_by: ignored(Type.Unknown()),
    async: refused(false),
    namespace: neutral(Type.String({minLength: 1})),
  },
  closed,
);

export const FunctionCallOutputItem = Type.Object(
  {
    type: Type.Literal('function_call_output'),
    call_id: Type.String({minLength: 1}),
    output: Type.Union([Type.String(), Type.Array(AnyObject)]),
    ...itemHead,
    name: ignored(Type.String()),
    caller: ignored(Type.Unknown()),
    created_by: ignored(Type.Unknown()),
    namespace: ignored(Type.String()),
  },
  closed,
);

export const CustomToolCallItem = Type.Object(
  {
    type: Type.Literal('custom_tool_call'),
    call_id: Type.String({minLength: 1}),
    name: Type.String({minLength: 1}),
    input: Type.String(),
    ...itemHead,
    caller: ignored(Type.Unknown()),
    created_by: ignored(Type.Unknown()),
    async: refused(false),
    namespace: neutral(Type.String({minLength: 1})),
  },
  closed,
);

export const CustomToolCallOutputItem = Type.Object(
  {
    type: Type.Literal('custom_tool_call_output'),
    call_id: Type.String({minLength: 1}),
    output: Type.Union([Type.String(), Type.Array(AnyObject)]),
    ...itemHead,
    name: ignored(Type.String()),
    caller: ignored(Type.Unknown()),
    created_by: ignored(Type.Unknown()),
    namespace: ignored(Type.String()),
  },
  closed,
);

/** Tools that become available in the course of a conversation. */
export const AdditionalToolsItem = Type.Object(
  {
    type: Type.Literal('additional_tools'),
    tools: Type.Array(AnyObject),
    role: ignored(Type.Literal('developer')),
    ...itemHead,
    agent: ignored(AnyObject),
  },
  closed,
);

/** Settings that count for the answers after it, until another one replaces them. */
export const ConfigurationUpdateItem = Type.Object(
  {
    type: Type.Literal('configuration_update'),
    reasoning: neutral(AnyObject),
    text: neutral(AnyObject),
    ...itemHead,
    agent: ignored(AnyObject),
  },
  closed,
);

export const ItemReference = Type.Object(
  {type: neutral(Type.Literal('item_reference')), id: Type.String({minLength: 1})},
  closed,
);

/** The type of content part; each type has its own members. */
export const InputPartType = Type.Object({
  type: oneOf('input_text', 'input_image', 'input_file', 'input_audio'),
});
export const OutputPartType = Type.Object({type: oneOf('output_text', 'refusal')});

export const InputText = Type.Object(
  {type: Type.Literal('input_text'), text: Type.String(), ...cacheHints},
  closed,
);

export const InputImage = Type.Object(
  {
    type: Type.Literal('input_image'),
    image_url: neutral(Type.String({minLength: 1})),
    file_id: neutral(Type.String({minLength: 1})),
    detail: ignored(oneOf('low', 'high', 'auto', 'original')),
    ...cacheHints,
  },
  closed,
);

export const InputFile = Type.Object(
  {
    type: Type.Literal('input_file'),
    file_data: neutral(Type.String({minLength: 1})),
    file_url: neutral(Type.String({minLength: 1})),
    file_id: neutral(Type.String({minLength: 1})),
    filename: ignored(Type.String()),
    detail: ignored(oneOf('low', 'high', 'auto')),
    ...cacheHints,
  },
  closed,
);

export const OutputText = Type.Object(
  {
    type: Type.Literal('output_text'),
    text: Type.String(),
    annotations: ignored(Type.Unknown()),
    logprobs: ignored(Type.Unknown()),
    /** Added by the SDKs' `parse`. */
    parsed: ignored(Type.Unknown()),
  },
  closed,
);

export const Refusal = Type.Object({type: Type.Literal('refusal'), refusal: Type.String()}, closed);

/** Tools that the provider runs, or that only its own models know how to use. */
export const serverTools = [
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use',
  'computer_use_preview',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'programmatic_tool_calling',
  'shell',
  'tool_search',
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
] as const;

export const ToolType = Type.Object({type: oneOf('function', 'custom', 'namespace', ...serverTools)});

const toolName = Type.String({minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$'});

export const FunctionTool = Type.Object(
  {
    type: Type.Literal('function'),
    name: toolName,
    description: neutral(Type.String()),
    parameters: neutral(AnyObject),
    strict: ignored(Type.Boolean()),
    output_schema: ignored(AnyObject),
    async: refused(false),
    defer_loading: refused(false),
    allowed_callers: refused(['direct']),
  },
  closed,
);

/** A tool that takes text instead of JSON. */
export const CustomTool = Type.Object(
  {
    type: Type.Literal('custom'),
    name: toolName,
    description: neutral(Type.String()),
    format: neutral(AnyObject),
    async: refused(false),
    defer_loading: refused(false),
    allowed_callers: refused(['direct']),
  },
  closed,
);

export const CustomFormatType = Type.Object({type: oneOf('text', 'grammar')});

export const TextFormat = Type.Object({type: Type.Literal('text')}, closed);

export const GrammarFormat = Type.Object(
  {
    type: Type.Literal('grammar'),
    syntax: oneOf('lark', 'regex'),
    definition: Type.String({minLength: 1}),
  },
  closed,
);

/** Tools that belong together. */
export const NamespaceTool = Type.Object(
  {
    type: Type.Literal('namespace'),
    name: Type.String({minLength: 1, pattern: '^[a-zA-Z0-9_-]+$'}),
    description: neutral(Type.String()),
    tools: Type.Array(AnyObject, {minItems: 1}),
  },
  closed,
);

/** The type of tool in a namespace. */
export const MemberType = Type.Object({type: oneOf('function', 'custom')});

export const ToolChoiceType = Type.Object({
  type: oneOf('function', 'allowed_tools', 'custom', ...serverTools),
});

export const NamedTool = Type.Object(
  {
    type: oneOf('function', 'custom'),
    name: Type.String({minLength: 1}),
    namespace: neutral(Type.String({minLength: 1})),
  },
  closed,
);

export type NamedTool = Static<typeof NamedTool>;

export const AllowedTools = Type.Object(
  {
    type: Type.Literal('allowed_tools'),
    mode: oneOf('auto', 'required'),
    tools: Type.Array(AnyObject, {minItems: 1}),
  },
  closed,
);
