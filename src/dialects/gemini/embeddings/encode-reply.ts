import type {ChunkOf, Chunks, Usage} from '../../../chat/chunk.js';
import type {Writable} from '../../../chat/json-text.js';
import {foldEmbeddings} from '../../../chat/reply.js';

type Embedded = Chunks<ChunkOf<'embed'>>;

/** An `EmbedContentResponse`. */
export async function encodeSingle(chunks: Embedded): Promise<Writable> {
  const {embeddings, usage} = await foldEmbeddings(chunks);
  return {embedding: {values: embeddings[0] ?? []}, ...usageMetadata(usage)};
}

/** A `BatchEmbedContentsResponse`. */
export async function encodeBatch(chunks: Embedded): Promise<Writable> {
  const {embeddings, usage} = await foldEmbeddings(chunks);
  return {embeddings: embeddings.map(values => ({values})), ...usageMetadata(usage)};
}

/** A `PredictResponse` of an embedding model. Each embedding has the token count of its text, which is known if there is one text. */
export async function encodePredictions(chunks: Embedded): Promise<Writable> {
  const {embeddings, usage} = await foldEmbeddings(chunks);
  const tokens = embeddings.length === 1 ? usage?.inputTokens : undefined;
  return {
    predictions: embeddings.map(values => ({
      embeddings: {values, statistics: {truncated: false, token_count: tokens}},
    })),
  };
}

function usageMetadata(usage: Usage | undefined): {usageMetadata?: Writable} {
  return usage ? {usageMetadata: {promptTokenCount: usage.inputTokens}} : {};
}
