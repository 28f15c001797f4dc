import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, closed, handled, ignored, neutral, oneOf, unserved} from '../../kit/fields.js';

const Text = Type.String();
const Flag = Type.Boolean();
/** A string, or a list of blocks that are checked one by one. */
const BlocksOrText = Type.Union([Text, Type.Array(AnyObject)]);
const cacheControl = {cache_control: ignored(AnyObject)};

/** The fields that messages and token counts share. */
const asked = {
  model: handled(Type.String({minLength: 1}), 'neutral'),
  messages: handled(Type.Array(AnyObject, {minItems: 1}), 'neutral'),
  system: neutral(BlocksOrText),
  tools: neutral(Type.Array(AnyObject)),
  tool_choice: neutral(AnyObject),
  thinking: neutral(AnyObject),
  output_config: neutral(AnyObject),
  /** The former name of `output_config.format`. */
  output_format: neutral(AnyObject),
  ...cacheControl,
  speed: ignored(oneOf('standard', 'fast')),
  user_profile_id: ignored(Text),
  workspace_id: ignored(Text),
  betas: ignored(Type.Array(Text)),
  billing_policy: ignored(AnyObject),
  compaction: unserved(AnyObject),
  context_management: unserved(AnyObject),
  mcp_servers: unserved(Type.Array(AnyObject)),
};

/** The body of `POST /v1/messages`, with the fields that the SDKs know only of its beta. */
export const MessagesRequest = closed({
  ...asked,
  max_tokens: handled(Type.Integer({minimum: 1}), 'neutral'),
  temperature: neutral(Type.Number({minimum: 0, maximum: 1})),
  top_p: neutral(Type.Number({minimum: 0, maximum: 1})),
  top_k: neutral(Type.Integer({minimum: 0})),
  stop_sequences: neutral(Type.Array(Type.String())),
  stream: ignored(Flag),
  metadata: ignored(closed({user_id: ignored(Text)})),
  service_tier: ignored(oneOf('auto', 'standard_only')),
  inference_geo: ignored(Text),
  diagnostics: ignored(AnyObject),
  container: unserved(Type.Union([Text, AnyObject])),
  fallbacks: unserved(Type.Unknown()),
  fallback_credit_token: ignored(Type.Unknown()),
  /** A request that continues a thread was completed from it before this check. */
  thread: ignored(AnyObject),
});
export type MessagesRequest = Static<typeof MessagesRequest>;

/** The body of `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = closed(asked);
export type CountTokensRequest = Static<typeof CountTokensRequest>;

export const Thread = closed({
  type: handled(oneOf('create', 'continue'), 'neutral'),
  previous_message_id: neutral(Type.String({minLength: 1})),
});

export const Message = closed({
  role: handled(oneOf('user', 'assistant', 'system'), 'neutral'),
  content: handled(BlocksOrText, 'neutral'),
});
export type Message = Static<typeof Message>;

/** The type of block; each type has its own members. */
export const BlockType = Type.Object({type: Type.String()});

const tag = <Name extends string>(name: Name) => Type.Literal(name);
const anyCitations = {citations: ignored(Type.Unknown())};
const caller = {caller: ignored(Type.Unknown()), toolset_name: ignored(Text)};

export const blocks = {
  text: closed({type: tag('text'), text: handled(Text, 'neutral'), ...cacheControl, ...anyCitations}),
  image: closed({
    type: tag('image'),
    source: handled(AnyObject, 'neutral'),
    ...cacheControl,
    transformations: ignored(AnyObject),
  }),
  document: closed({
    type: tag('document'),
    source: handled(AnyObject, 'neutral'),
    title: neutral(Text),
    context: neutral(Text),
    ...cacheControl,
    ...anyCitations,
  }),
  search_result: closed({
    type: tag('search_result'),
    source: handled(Text, 'neutral'),
    title: handled(Text, 'neutral'),
    content: handled(Type.Array(AnyObject), 'neutral'),
    ...cacheControl,
    ...anyCitations,
  }),
  tool_use: closed({
    type: tag('tool_use'),
    id: handled(Type.String({minLength: 1}), 'neutral'),
    name: handled(Type.String({minLength: 1, maxLength: 200}), 'neutral'),
    input: handled(AnyObject, 'neutral'),
    ...cacheControl,
    ...caller,
  }),
  tool_result: closed({
    type: tag('tool_result'),
    tool_use_id: handled(Type.String({minLength: 1}), 'neutral'),
    content: neutral(BlocksOrText),
    is_error: neutral(Flag),
    ...cacheControl,
    toolset_name: ignored(Text),
  }),
} as const;

/** History blocks that only the provider understands: the model gets them as text. */
export const toldAsText = [
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'advisor_tool_result',
  'tool_reference',
  'browser_state',
] as const;

/** Blocks that the model does not get. */
export const silentBlocks = ['thinking', 'redacted_thinking', 'compaction'] as const;

export const sources = {
  base64: closed({type: tag('base64'), media_type: Text, data: Text}),
  url: closed({type: tag('url'), url: Type.String({minLength: 1})}),
  text: closed({type: tag('text'), media_type: Type.Optional(Text), data: Text}),
  content: closed({type: tag('content'), content: BlocksOrText}),
  file: closed({type: tag('file'), file_id: Text}),
} as const;

/** A function of the client. Tools of other types belong to the provider. */
export const Tool = closed({
  type: neutral(Text),
  name: handled(Type.String({minLength: 1, maxLength: 128, pattern: '^[a-zA-Z0-9_-]{1,128}$'}), 'neutral'),
  description: neutral(Text),
  input_schema: handled(AnyObject, 'neutral'),
  input_examples: neutral(Type.Array(AnyObject)),
  strict: ignored(Flag),
  ...cacheControl,
  allowed_callers: ignored(Type.Array(Text)),
  defer_loading: ignored(Flag),
  eager_input_streaming: ignored(Flag),
});

export const ToolChoice = closed({
  type: handled(oneOf('auto', 'any', 'tool', 'none'), 'neutral'),
  name: neutral(Text),
  disable_parallel_tool_use: neutral(Flag),
});

export const Thinking = closed({
  type: handled(oneOf('enabled', 'disabled', 'adaptive', 'between_tools'), 'neutral'),
  budget_tokens: neutral(Type.Integer({minimum: 1024})),
  /** How thinking is shown, not whether the model thinks. */
  display: ignored(oneOf('summarized', 'omitted')),
  block_binding: ignored(AnyObject),
});

export const OutputConfig = closed({
  effort: neutral(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
  format: neutral(AnyObject),
  task_budget: unserved(AnyObject),
});

export const OutputFormat = closed({
  type: handled(Type.Literal('json_schema'), 'neutral'),
  schema: handled(AnyObject, 'neutral'),
  name: ignored(Text),
});
