import {type Static, Type} from '@sinclair/typebox';

const strict = {additionalProperties: false};

const WireFinishReason = Type.Union([
  Type.Literal('stop'),
  Type.Literal('length'),
  Type.Literal('content_filter'),
  Type.Literal('tool_calls'),
  Type.Literal('function_call'),
]);
export type WireFinishReason = Static<typeof WireFinishReason>;

const WireUsage = Type.Object(
  {
    prompt_tokens: Type.Integer(),
    completion_tokens: Type.Integer(),
    total_tokens: Type.Integer(),
    completion_tokens_details: Type.Optional(Type.Object({reasoning_tokens: Type.Integer()}, strict)),
  },
  strict,
);
export type WireUsage = Static<typeof WireUsage>;

const tokenChoice = {token: Type.String(), logprob: Type.Number(), bytes: Type.Array(Type.Integer())};
const WireTokenChoice = Type.Object(tokenChoice, strict);
export type WireTokenChoice = Static<typeof WireTokenChoice>;

const WireTokenLogprob = Type.Object({...tokenChoice, top_logprobs: Type.Array(WireTokenChoice)}, strict);
export type WireTokenLogprob = Static<typeof WireTokenLogprob>;

const WireLogprobs = Type.Object(
  {
    content: Type.Union([Type.Array(WireTokenLogprob), Type.Null()]),
    refusal: Type.Union([Type.Array(WireTokenLogprob), Type.Null()]),
  },
  strict,
);
export type WireLogprobs = Static<typeof WireLogprobs>;

const head = {id: Type.String(), created: Type.Integer(), model: Type.String()};

const WireFunctionCall = Type.Object({name: Type.String(), arguments: Type.String()}, strict);

const WireToolCall = Type.Union([
  Type.Object({id: Type.String(), type: Type.Literal('function'), function: WireFunctionCall}, strict),
  Type.Object(
    {
      id: Type.String(),
      type: Type.Literal('custom'),
      custom: Type.Object({name: Type.String(), input: Type.String()}, strict),
    },
    strict,
  ),
]);
export type WireToolCall = Static<typeof WireToolCall>;

/** A piece of a tool call: the first has its id, type and name. */
const WireToolCallDelta = Type.Object(
  {
    index: Type.Integer(),
    id: Type.Optional(Type.String()),
    type: Type.Optional(Type.Union([Type.Literal('function'), Type.Literal('custom')])),
    function: Type.Optional(
      Type.Object({name: Type.Optional(Type.String()), arguments: Type.String()}, strict),
    ),
    custom: Type.Optional(Type.Object({name: Type.Optional(Type.String()), input: Type.String()}, strict)),
  },
  strict,
);

/** The answer of a unary chat completion. */
export const ChatCompletion = Type.Object(
  {
    ...head,
    object: Type.Literal('chat.completion'),
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Integer(),
          message: Type.Object(
            {
              role: Type.Literal('assistant'),
              /** Null if there are only tool calls, or a refusal. */
              content: Type.Union([Type.String(), Type.Null()]),
              /** Not in OpenAI's own API: the field in which compatible servers return reasoning. */
              reasoning_content: Type.Optional(Type.String()),
              refusal: Type.Union([Type.String(), Type.Null()]),
              annotations: Type.Array(Type.Never()),
              tool_calls: Type.Optional(Type.Array(WireToolCall)),
              function_call: Type.Optional(WireFunctionCall),
            },
            strict,
          ),
          logprobs: Type.Union([WireLogprobs, Type.Null()]),
          finish_reason: WireFinishReason,
        },
        strict,
      ),
    ),
    usage: Type.Optional(WireUsage),
  },
  strict,
);
export type ChatCompletion = Static<typeof ChatCompletion>;

const Delta = Type.Object(
  {
    role: Type.Optional(Type.Literal('assistant')),
    content: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    reasoning_content: Type.Optional(Type.String()),
    refusal: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    tool_calls: Type.Optional(Type.Array(WireToolCallDelta)),
    function_call: Type.Optional(
      Type.Object({name: Type.Optional(Type.String()), arguments: Type.String()}, strict),
    ),
  },
  strict,
);
export type Delta = Static<typeof Delta>;

/** One event of a streamed chat completion. `usage` is present only on request, and null except in the last event. */
export const ChatCompletionChunk = Type.Object(
  {
    ...head,
    object: Type.Literal('chat.completion.chunk'),
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Integer(),
          delta: Delta,
          logprobs: Type.Union([WireLogprobs, Type.Null()]),
          finish_reason: Type.Union([WireFinishReason, Type.Null()]),
        },
        strict,
      ),
    ),
    usage: Type.Optional(Type.Union([WireUsage, Type.Null()])),
  },
  strict,
);
export type ChatCompletionChunk = Static<typeof ChatCompletionChunk>;

/** The body of every error, and the event that ends a failed stream. */
export const ErrorBody = Type.Object(
  {
    error: Type.Object(
      {
        message: Type.String(),
        type: Type.String(),
        param: Type.Union([Type.String(), Type.Null()]),
        code: Type.Union([Type.String(), Type.Null()]),
      },
      strict,
    ),
  },
  strict,
);
export type ErrorBody = Static<typeof ErrorBody>;
