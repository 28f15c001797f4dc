import test from 'ava';
import fc from 'fast-check';
import type {ChunkOf} from '../../../../src/chat/chunk.js';
import {writeJson} from '../../../../src/chat/json-text.js';
import {answerDecoder} from '../../../../src/dialects/gemini/token-counts/decode-answer.js';
import {encodeCount} from '../../../../src/dialects/gemini/token-counts/encode-reply.js';
import {streamOf} from '../../../chat/arbitrary-chunks.js';
import {decodeBody, failure} from '../../provider-answers.js';

const request = {operation: 'count-tokens' as const, turns: []};
const question = {request, modelName: 'gemini-2.5-flash'};

test('a token count decodes to its chunks', async t => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async tokens => {
      const chunks: readonly ChunkOf<'count-tokens'>[] = [
        {type: 'reply-start', answeredBy: {model: 'gemini-2.5-flash'}},
        {type: 'token-count', tokens},
        {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
      ];
      const body = writeJson(await encodeCount(streamOf(chunks), request));
      t.deepEqual(decodeBody(answerDecoder, body, question), chunks);
    }),
  );
});

test('a body without a count is not understood', t => {
  for (const body of [{}, {totalTokens: null}, {totalTokens: '7'}, [], null, 7])
    failure(t, () => answerDecoder.decodeBody(body, question));
});
