import test from 'ava';
import fc from 'fast-check';
import type {AnsweredQuestion} from '../../../../src/dialects/kit/answer-decoder.js';
import {answerDecoder} from '../../../../src/dialects/openai/embeddings/decode-answer.js';
import {encodeReply} from '../../../../src/dialects/openai/embeddings/encode-reply.js';
import {arbitraryEmbeddings, embedding, embeddingAnswer} from '../../arbitrary-embeddings.js';
import {assertDamageIsCaught, decodeBody, failure} from '../../provider-answers.js';

const model = 'text-embedding-3-small';

function asked(inputs: number): AnsweredQuestion {
  return embedding(inputs, model);
}

for (const encoding of ['float', 'base64'] as const) {
  test(`embeddings as ${encoding} decode to their chunks`, t => {
    fc.assert(
      fc.property(arbitraryEmbeddings, fc.nat(), (embeddings, inputTokens) => {
        const usage = {inputTokens, outputTokens: 0};
        const reply = {answeredBy: {model}, embeddings, usage};
        const body = encodeReply(reply, {modelName: model, encoding});
        t.deepEqual(
          decodeBody(answerDecoder, body, asked(embeddings.length)),
          embeddingAnswer(embeddings, model, usage),
        );
      }),
    );
  });
}

/** In the form of the real API, out of order. */
const list = {
  object: 'list',
  data: [
    {object: 'embedding', index: 1, embedding: [0.5, -1]},
    {object: 'embedding', index: 0, embedding: 'AACAPwAAAMA='},
  ],
  model: 'text-embedding-3-small-v2',
  usage: {prompt_tokens: 8, total_tokens: 8},
};

test('a list of the real API decodes in the order of its inputs', t => {
  const expected = embeddingAnswer(
    [
      [1, -2],
      [0.5, -1],
    ],
    list.model,
    {inputTokens: 8, outputTokens: 0},
  );
  t.deepEqual(answerDecoder.decodeBody(list, asked(2)), expected);
  assertDamageIsCaught(t, answerDecoder, {body: JSON.stringify(list)}, asked(2));
});

test('another number of embeddings, or something else than numbers, is not understood', t => {
  failure(t, () => answerDecoder.decodeBody(list, asked(3)));
  for (const value of ['AACAPwAAAA==', '!', '', [], ['x'], [null], null]) {
    const body = {...list, data: [{index: 0, embedding: value}]};
    failure(t, () => answerDecoder.decodeBody(body, asked(1)));
  }
});
