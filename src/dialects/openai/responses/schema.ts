import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, oneOf, refused} from '../../kit/fields.js';
import {Decimal, Integer} from '../numbers.js';

const closed = {additionalProperties: false};

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

/** The body of a request to compact a conversation. */
export const CompactRequest = Type.Object(
  {
    input: neutral(Input),
    model: neutral(Type.String()),
    instructions: neutral(Type.String()),
    previous_response_id: neutral(Type.String({minLength: 1})),
    image: ignored(AnyObject),
    prompt_cache_key: ignored(Type.String()),
    prompt_cache_options: ignored(AnyObject),
    prompt_cache_retention: ignored(Type.String()),
    service_tier: ignored(Type.String()),
    // What Codex sends with every request.
    tools: ignored(Type.Array(AnyObject)),
    parallel_tool_calls: ignored(Type.Boolean()),
    reasoning: ignored(AnyObject),
    text: ignored(AnyObject),
    client_metadata: ignored(AnyObject),
  },
  closed,
);

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
