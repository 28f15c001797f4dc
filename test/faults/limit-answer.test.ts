import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import {foldChunks} from '../../src/chat/reply.js';
import {createAnthropic} from '../../src/dialects/anthropic/index.js';
import {limitAnswer} from '../../src/faults/limit-answer.js';
import {arbitraryChunks, streamOf} from '../chat/arbitrary-chunks.js';
import {gemini, noSend, openai, questionEndpoint} from '../support/dialects.js';

async function all(chunks: AsyncIterable<AnswerChunk>): Promise<AnswerChunk[]> {
  const list: AnswerChunk[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

function textOf(chunks: readonly AnswerChunk[], candidate: number): string {
  return chunks
    .map(chunk => (chunk.type === 'text-delta' && chunk.candidate === candidate ? chunk.text : ''))
    .join('');
}

const limit = fc.record({
  name: fc.constantFrom('max-tokens' as const, 'content-filter' as const),
  words: fc.nat({max: 5}),
});

test('a limited answer is a beginning of the whole one with another finish reason', async t => {
  await fc.assert(
    fc.asyncProperty(arbitraryChunks, limit, async (chunks, fault) => {
      const limited = await all(limitAnswer<never>(streamOf(chunks), fault));
      const end = limited.at(-1);
      if (end?.type !== 'reply-end') return t.fail();
      const unified = fault.name === 'max-tokens' ? 'length' : 'content-filter';
      t.true(end.finish.every(finish => finish.unified === unified));
      for (const candidate of end.finish.keys()) {
        t.true(textOf(chunks, candidate).startsWith(textOf(limited, candidate)));
        const words = textOf(limited, candidate).match(/\S+/g) ?? [];
        // A word that comes in several deltas is counted with each.
        t.true(words.length <= fault.words);
      }
      // It follows the grammar of answers.
      await foldChunks(streamOf(limited));
    }),
  );
});

const asks = {
  'OpenAI chat': [openai, 'chatCompletions', {model: 'm', messages: [{role: 'user', content: 'hi'}]}],
  'OpenAI responses': [openai, 'createResponse', {model: 'm', input: 'hi'}],
  Gemini: [gemini, 'generateContent', {contents: [{role: 'user', parts: [{text: 'hi'}]}]}],
  Anthropic: [
    createAnthropic({now: () => 0, localModel: () => undefined, send: noSend}),
    'messages',
    {model: 'm', max_tokens: 9, messages: [{role: 'user', content: 'hi'}]},
  ],
} as const;

for (const [name, [dialect, endpoint, body]] of Object.entries(asks)) {
  test(`${name} can say every limited answer, also one within a tool call`, async t => {
    await fc.assert(
      fc.asyncProperty(arbitraryChunks, limit, async (chunks, fault) => {
        const {answer} = questionEndpoint(dialect.endpoints[endpoint]).decodeRequest({
          params: {model: 'm'},
          query: new URLSearchParams(),
          headers: {},
          path: '/',
          body,
        });
        if (answer.delivery !== 'unary') return t.fail();
        const identity = {id: '0'.repeat(24), createdAt: 0};
        const encoded = await answer.encode(limitAnswer<never>(streamOf(chunks), fault), identity);
        t.notThrows(() => JSON.parse(encoded));
      }),
      {numRuns: 50},
    );
  });
}
