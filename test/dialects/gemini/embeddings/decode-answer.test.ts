import test from 'ava';
import fc from 'fast-check';
import {writeJson} from '../../../../src/chat/json-text.js';
import {
  batchDecoder,
  predictionDecoder,
  singleDecoder,
} from '../../../../src/dialects/gemini/embeddings/decode-answer.js';
import {
  encodeBatch,
  encodePredictions,
  encodeSingle,
} from '../../../../src/dialects/gemini/embeddings/encode-reply.js';
import type {AnswerDecoder} from '../../../../src/dialects/kit/answer-decoder.js';
import {streamOf} from '../../../chat/arbitrary-chunks.js';
import {arbitraryEmbeddings, embedding, embeddingAnswer} from '../../arbitrary-embeddings.js';
import {assertDamageIsCaught, decodeBody, failure} from '../../provider-answers.js';

const model = 'gemini-embedding-001';
type Encode = typeof encodeBatch;

for (const [name, decoder, encode, most] of [
  ['one embedding', singleDecoder, encodeSingle, 1],
  ['a batch', batchDecoder, encodeBatch, 3],
  ['a prediction', predictionDecoder, encodePredictions, 1],
] as readonly (readonly [string, AnswerDecoder, Encode, number])[]) {
  test(`${name} decodes to its chunks`, async t => {
    await fc.assert(
      fc.asyncProperty(arbitraryEmbeddings, fc.nat(), async (all, inputTokens) => {
        const embeddings = all.slice(0, most);
        const chunks = embeddingAnswer(embeddings, model, {inputTokens, outputTokens: 0});
        const body = writeJson(await encode(streamOf(chunks) as Parameters<Encode>[0]));
        t.deepEqual(decodeBody(decoder, body, embedding(embeddings.length, model)), chunks);
      }),
    );
  });
}

test('answers of the real API decode', t => {
  const single = {embedding: {values: [0.25, -1], shape: [2]}};
  t.deepEqual(
    singleDecoder.decodeBody(single, embedding(1, model)),
    embeddingAnswer([[0.25, -1]], model, undefined),
  );
  const prediction = (tokens: number) => ({
    embeddings: {values: [tokens], statistics: {truncated: false, token_count: tokens}},
  });
  const predictions = {
    predictions: [prediction(2), prediction(3)],
    metadata: {billableCharacterCount: 11},
  };
  t.deepEqual(
    predictionDecoder.decodeBody(predictions, embedding(2, model)),
    embeddingAnswer([[2], [3]], model, {inputTokens: 5, outputTokens: 0}),
  );
  for (const [decoder, body] of [
    [singleDecoder, single],
    [predictionDecoder, predictions],
    [batchDecoder, {embeddings: [{values: [1]}, {values: [2]}]}],
  ] as const) {
    assertDamageIsCaught(
      t,
      decoder,
      {body: JSON.stringify(body)},
      embedding(decoder === singleDecoder ? 1 : 2, model),
    );
  }
});

test('another number of embeddings is not understood', t => {
  failure(t, () => batchDecoder.decodeBody({embeddings: [{values: [1]}]}, embedding(2, model)));
  failure(t, () => batchDecoder.decodeBody({}, embedding(2, model)));
});
