import {type Static, Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, refused} from '../../kit/fields.js';
import {Integer} from '../numbers.js';
import {samplingFields} from '../sampling.js';

/** The body of a legacy completion; fields that it does not list go to the extras. */
export const CompletionRequest = Type.Object({
  /** Text to continue; empty text is the start of a document. Token ids are rejected, because they belong to another vocabulary. */
  prompt: neutral(
    Type.Union([
      Type.String(),
      Type.Array(Type.String(), {minItems: 1}),
      Type.Array(Integer(0), {minItems: 1}),
      Type.Array(Type.Array(Integer(0), {minItems: 1}), {minItems: 1}),
    ]),
  ),
  model: neutral(Type.String()),

  ...samplingFields,
  /** Only this API has a default limit: 16. */
  max_tokens: neutral(Integer(0)),
  n: neutral(Integer(1, 128)),
  logprobs: neutral(Integer(0, 5)),

  stream: ignored(Type.Boolean()),
  stream_options: ignored(AnyObject),
  user: ignored(Type.String()),

  best_of: refused(1),
  echo: refused(false),
  suffix: refused(''),
});
export type CompletionRequest = Static<typeof CompletionRequest>;

const strict = {additionalProperties: false};

/** For each token: its text, its offset in the prompt and continuation, its log probability, and its alternatives. */
export const LegacyLogprobs = Type.Object(
  {
    tokens: Type.Array(Type.String()),
    token_logprobs: Type.Array(Type.Number()),
    top_logprobs: Type.Union([Type.Array(Type.Record(Type.String(), Type.Number())), Type.Null()]),
    text_offset: Type.Array(Type.Integer()),
  },
  strict,
);
export type LegacyLogprobs = Static<typeof LegacyLogprobs>;

const LegacyFinishReason = Type.Union([
  Type.Literal('stop'),
  Type.Literal('length'),
  Type.Literal('content_filter'),
]);
export type LegacyFinishReason = Static<typeof LegacyFinishReason>;

const Usage = Type.Object(
  {
    prompt_tokens: Type.Integer(),
    completion_tokens: Type.Integer(),
    total_tokens: Type.Integer(),
    completion_tokens_details: Type.Optional(Type.Object({reasoning_tokens: Type.Integer()}, strict)),
  },
  strict,
);

/** A whole completion, and each event of a streamed one. */
export const TextCompletion = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('text_completion'),
    created: Type.Integer(),
    model: Type.String(),
    choices: Type.Array(
      Type.Object(
        {
          text: Type.String(),
          index: Type.Integer(),
          logprobs: Type.Union([LegacyLogprobs, Type.Null()]),
          finish_reason: Type.Union([LegacyFinishReason, Type.Null()]),
        },
        strict,
      ),
    ),
    usage: Type.Optional(Type.Union([Usage, Type.Null()])),
  },
  strict,
);
export type TextCompletion = Static<typeof TextCompletion>;
