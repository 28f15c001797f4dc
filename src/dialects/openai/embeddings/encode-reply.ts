import type {EmbedReply} from '../../../chat/reply.js';
import type {DecodedEmbedding} from './decode-request.js';
import type {EmbeddingList} from './schema.js';

/** Encodes embeddings as a list of `embedding` objects. */
export function encodeReply(
  {embeddings, usage}: EmbedReply,
  {modelName, encoding}: Pick<DecodedEmbedding, 'modelName' | 'encoding'>,
): string {
  const tokens = usage?.inputTokens ?? 0;
  const list: EmbeddingList = {
    object: 'list',
    data: embeddings.map((values, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(values) : [...values],
    })),
    model: modelName,
    usage: {prompt_tokens: tokens, total_tokens: tokens},
  };
  return JSON.stringify(list);
}

/** Little-endian 32-bit floats, on every machine. */
function base64Of(values: readonly number[]): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
