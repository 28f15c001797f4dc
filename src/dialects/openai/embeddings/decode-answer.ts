import {readBase64} from '../../../chat/decode-base64.js';
import {isJsonObject, type JsonValue} from '../../../chat/json.js';
import {notUnderstood, reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, nameIn, objectIn} from '../../kit/provider-json.js';
import {embeddingChunks, embeddingValues} from '../../kit/single-value-answers.js';
import {unaryDecoder} from '../../kit/unary-decoder.js';

/** Reads a list of embeddings: the mirror of `encode-reply.ts`. */
export const answerDecoder = unaryDecoder((body, {request, modelName}) => {
  const list = objectIn(body, 'a list of embeddings');
  const {error = null, usage} = list;
  if (error !== null) throw reportedFailure(error);
  const items = listIn(list, 'data');
  const embeddings = new Array<readonly number[] | undefined>(items.length).fill(undefined);
  for (const [place, item] of items.entries()) {
    const {index = place, embedding} = objectIn(item, 'an embedding');
    const position = countIn(index);
    if (position === undefined || position >= items.length || embeddings[position])
      throw notUnderstood('an embedding is out of order', item);
    embeddings[position] = valuesOf(embedding);
  }
  const whole = embeddings.filter(values => values !== undefined);
  const inputTokens = isJsonObject(usage) ? countIn(usage['prompt_tokens']) : undefined;
  return embeddingChunks(
    {model: nameIn(list, 'model') ?? modelName, embeddings: whole, inputTokens},
    request,
  );
});

/** Numbers, or the base64 of little-endian 32-bit floats. */
function valuesOf(embedding: JsonValue | undefined): readonly number[] {
  if (typeof embedding !== 'string') return embeddingValues(embedding);
  const bytes = readBase64(embedding);
  if (typeof bytes === 'string' || bytes.length % 4 !== 0)
    throw notUnderstood('an embedding is not base64 of 32-bit floats', embedding);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return embeddingValues(
    Array.from({length: bytes.length / 4}, (_, index) => view.getFloat32(4 * index, true)),
  );
}
