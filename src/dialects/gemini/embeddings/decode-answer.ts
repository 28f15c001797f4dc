import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import type {AnswerDecoder} from '../../kit/answer-decoder.js';
import {reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, objectIn} from '../../kit/provider-json.js';
import {embeddingChunks, embeddingValues} from '../../kit/single-value-answers.js';
import {unaryDecoder} from '../../kit/unary-decoder.js';

/** Reads an `EmbedContentResponse`. */
export const singleDecoder = embeddingDecoder(response => ({
  embeddings: [valuesIn(response['embedding'])],
  inputTokens: promptTokens(response),
}));

/** Reads a `BatchEmbedContentsResponse`. */
export const batchDecoder = embeddingDecoder(response => ({
  embeddings: listIn(response, 'embeddings').map(valuesIn),
  inputTokens: promptTokens(response),
}));

/** Reads a `PredictResponse` of an embedding model, in which each embedding has the token count of its text. */
export const predictionDecoder = embeddingDecoder(response => {
  const predictions = listIn(response, 'predictions').map(prediction =>
    objectIn(objectIn(prediction, 'a prediction')['embeddings'], 'an embedding'),
  );
  const counts = predictions.map(({statistics}) =>
    isJsonObject(statistics) ? countIn(statistics['token_count']) : undefined,
  );
  const known = counts.filter(count => count !== undefined);
  return {
    embeddings: predictions.map(valuesIn),
    inputTokens: known.length < counts.length ? undefined : known.reduce((total, count) => total + count, 0),
  };
});

type Read = {readonly embeddings: readonly (readonly number[])[]; readonly inputTokens: number | undefined};

function embeddingDecoder(read: (response: JsonObject) => Read): AnswerDecoder {
  return unaryDecoder((body, {request, modelName}) => {
    const response = objectIn(body, 'a response');
    const {error = null} = response;
    if (error !== null) throw reportedFailure(error);
    return embeddingChunks({model: modelName, ...read(response)}, request);
  });
}

function valuesIn(embedding: JsonValue | undefined): readonly number[] {
  return embeddingValues(objectIn(embedding, 'an embedding')['values']);
}

function promptTokens({usageMetadata}: JsonObject): number | undefined {
  return isJsonObject(usageMetadata) ? countIn(usageMetadata['promptTokenCount']) : undefined;
}
