import test from 'ava';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import {chunkOf, type Operation} from '../../src/chat/chunk-of.js';
import type {AnswerFormat} from '../../src/dialects/dialect.js';
import {answerTo} from '../../src/dialects/kit/answer-to.js';

const chunks: {readonly [Name in Operation]: readonly AnswerChunk[]} = {
  chat: [
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    {type: 'reasoning-delta', candidate: 0, text: 'Hm'},
    {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '{}'},
  ],
  complete: [{type: 'text-delta', candidate: 0, text: 'Hi'}],
  embed: [{type: 'embedding', input: 0, values: [1]}],
  'count-tokens': [{type: 'token-count', tokens: 1}],
};
const operations = Object.keys(chunks) as Operation[];

for (const operation of operations) {
  test(`an answer to ${operation} has the chunks of its operation and no other`, t => {
    const own = new Set(chunks[operation].map(({type}) => type));
    for (const chunk of operations.flatMap(other => chunks[other])) {
      if (own.has(chunk.type)) t.is<AnswerChunk, AnswerChunk>(chunkOf(operation, chunk), chunk);
      else t.throws(() => chunkOf(operation, chunk), {message: /has a chunk/});
    }
  });
}

test('a format gets no chunk of another operation', async t => {
  const format: AnswerFormat = answerTo('chat', {
    delivery: 'unary',
    headers: () => ({}),
    async encode(answer) {
      for await (const {type} of answer) t.is(type, 'reply-start');
      return '';
    },
  });
  async function* embedded(): AsyncGenerator<AnswerChunk> {
    yield {type: 'reply-start', answeredBy: {model: 'm'}};
    yield {type: 'embedding', input: 0, values: [1]};
  }
  if (format.delivery !== 'unary') return t.fail();
  const identity = {id: '0'.repeat(24), createdAt: 0};
  await t.throwsAsync(format.encode(embedded(), identity), {message: /chat has a chunk embedding/});
});
