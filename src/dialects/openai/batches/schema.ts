import {Type} from '@sinclair/typebox';
import {AnyObject, ignored, neutral, oneOf} from '../../kit/fields.js';

/** Moderations are missing: no local model gives a verdict that means something. */
export const batchEndpoints = [
  '/v1/responses',
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/completions',
] as const;

export const BatchCreation = Type.Object(
  {
    input_file_id: Type.String({minLength: 1}),
    endpoint: oneOf(...batchEndpoints),
    completion_window: Type.Literal('24h'),
    metadata: neutral(AnyObject),
    output_expires_after: ignored(AnyObject),
  },
  {additionalProperties: false},
);
