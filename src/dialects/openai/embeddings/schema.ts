import {type Static, Type} from '@sinclair/typebox';
import {handled, ignored, neutral, oneOf} from '../../kit/fields.js';
import {Integer} from '../numbers.js';

const Tokens = Type.Array(Integer(0), {minItems: 1, maxItems: 2048});

/** The body of an embeddings request; fields that the API reference does not list go to the extras. */
export const EmbeddingRequest = Type.Object({
  input: handled(
    Type.Union([
      Type.String({minLength: 1}),
      Type.Array(Type.String({minLength: 1}), {minItems: 1, maxItems: 2048}),
      Tokens,
      Type.Array(Tokens, {minItems: 1, maxItems: 2048}),
    ]),
    'neutral',
  ),
  model: neutral(Type.String()),
  dimensions: neutral(Integer(1)),

  /** Only affects how the numbers are written. */
  encoding_format: ignored(oneOf('float', 'base64')),
  user: ignored(Type.String()),
});
export type EmbeddingRequest = Static<typeof EmbeddingRequest>;

const strict = {additionalProperties: false};

/** The answer: embeddings as numbers, or as base64 of little-endian 32-bit floats. */
export const EmbeddingList = Type.Object(
  {
    object: Type.Literal('list'),
    data: Type.Array(
      Type.Object(
        {
          object: Type.Literal('embedding'),
          index: Type.Integer(),
          embedding: Type.Union([Type.Array(Type.Number()), Type.String()]),
        },
        strict,
      ),
    ),
    model: Type.String(),
    usage: Type.Object({prompt_tokens: Type.Integer(), total_tokens: Type.Integer()}, strict),
  },
  strict,
);
export type EmbeddingList = Static<typeof EmbeddingList>;
