import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, oneOf, refused} from '../../kit/fields.js';

const closed = {additionalProperties: false};
const cacheHints = {prompt_cache_breakpoint: ignored(Type.Unknown())};

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

const callMembers = {
  call_id: Type.String({minLength: 1}),
  name: Type.String({minLength: 1}),
  ...itemHead,
  caller: ignored(Type.Unknown()),
  created_by: ignored(Type.Unknown()),
  async: refused(false),
  namespace: neutral(Type.String({minLength: 1})),
};

export const FunctionCallItem = Type.Object(
  {
    type: Type.Literal('function_call'),
    arguments: Type.String(),
    /** Added by the SDKs' `parse`. */
    parsed_arguments: ignored(Type.Unknown()),
    ...callMembers,
  },
  closed,
);

export const CustomToolCallItem = Type.Object(
  {type: Type.Literal('custom_tool_call'), input: Type.String(), ...callMembers},
  closed,
);

const callOutputMembers = {
  call_id: Type.String({minLength: 1}),
  output: Type.Union([Type.String(), Type.Array(AnyObject)]),
  ...itemHead,
  name: ignored(Type.String()),
  caller: ignored(Type.Unknown()),
  created_by: ignored(Type.Unknown()),
  namespace: ignored(Type.String()),
};

export const FunctionCallOutputItem = Type.Object(
  {type: Type.Literal('function_call_output'), ...callOutputMembers},
  closed,
);

export const CustomToolCallOutputItem = Type.Object(
  {type: Type.Literal('custom_tool_call_output'), ...callOutputMembers},
  closed,
);

/** The summary of a conversation, which the server alone can read. */
export const CompactionItem = Type.Object(
  {
    type: Type.Literal('compaction'),
    encrypted_content: Type.String({minLength: 1}),
    ...itemHead,
    created_by: ignored(Type.Unknown()),
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
