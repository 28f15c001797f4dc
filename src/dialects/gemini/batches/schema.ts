import type {Static} from '@sinclair/typebox';
import {ignored, int64, message, refused, repeated, string, struct, value} from '../proto-types.js';

const InlinedRequest = message('InlinedRequest', {request: struct(), metadata: struct()});

const InputConfig = message(
  'InputConfig',
  {
    requests: message('InlinedRequests', {requests: repeated(InlinedRequest)}),
    fileName: string(),
  },
  {oneof: {name: 'source', fields: ['requests', 'fileName']}},
);

/** https://ai.google.dev/api/batch-api; a batch of embeddings has the same fields. */
export const Batch = message('GenerateContentBatch', {
  displayName: string(),
  inputConfig: InputConfig,
  priority: ignored(int64()),
  // The path names the model.
  model: ignored(string()),
  // Output only; clients send these members back.
  name: ignored(string()),
  state: ignored(string()),
  createTime: ignored(string()),
  updateTime: ignored(string()),
  endTime: ignored(string()),
  batchStats: ignored(value()),
  output: ignored(value()),
  webhookConfig: refused(),
});
export type InputConfig = Static<typeof InputConfig>;

export const CreateBatch = message('BatchGenerateContentRequest', {batch: Batch});
