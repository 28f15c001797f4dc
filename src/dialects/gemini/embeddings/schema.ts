import type {Static} from '@sinclair/typebox';
import {Content} from '../generate-content/schema.js';
import {bool, enumeration, ignored, int32, map, message, refused, repeated, string} from '../proto-types.js';

const TaskType = enumeration('TaskType', [
  'TASK_TYPE_UNSPECIFIED',
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
]);

const EmbedContentConfig = message('EmbedContentConfig', {
  taskType: TaskType,
  title: string(),
  outputDimensionality: int32({minimum: 1}),
  // A text that is too long is always rejected, never truncated.
  autoTruncate: ignored(bool()),
  documentOcr: refused(bool()),
  audioTrackExtraction: refused(bool()),
});

/** The Developer API's request; Vertex AI has the fields beside the content in `embedContentConfig`. */
export const EmbedContentRequest = message('EmbedContentRequest', {
  content: Content,
  taskType: TaskType,
  title: string(),
  outputDimensionality: int32({minimum: 1}),
  embedContentConfig: EmbedContentConfig,
  // The path names the model.
  model: ignored(string()),
  autoTruncate: ignored(bool()),
  documentOcr: refused(bool()),
  audioTrackExtraction: refused(bool()),
});
export type EmbedContentRequest = Static<typeof EmbedContentRequest>;

export const BatchEmbedContentsRequest = message('BatchEmbedContentsRequest', {
  requests: repeated(EmbedContentRequest),
  model: ignored(string()),
});

/** A text of Vertex AI's `predict`, which serves other kinds of models too. */
const Instance = message('Instance', {
  content: string(),
  taskType: TaskType,
  title: string(),
  mimeType: refused(string()),
  prompt: refused(),
  image: refused(),
  text: refused(),
  video: refused(),
});
export type Instance = Static<typeof Instance>;

export const PredictRequest = message('PredictRequest', {
  instances: repeated(Instance),
  parameters: message('Parameters', {
    outputDimensionality: int32({minimum: 1}),
    autoTruncate: ignored(bool()),
  }),
  labels: ignored(map(string())),
});
