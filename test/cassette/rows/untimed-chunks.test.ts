import test from 'ava';
import fc from 'fast-check';
import {readChunks, storeChunks, storedContent} from '../../../src/cassette/rows/stored-chunks.js';
import {isSameContent, untimedChunks} from '../../../src/cassette/rows/untimed-chunks.js';
import {foldRecorded} from '../../../src/chat/reply.js';
import {arbitraryTake} from '../../support/arbitrary-take.js';

const answerIn = (text: string) => foldRecorded(readChunks(text, {joined: true}).map(({chunk}) => chunk));

test('a text without times is read as the same answer; one with log probabilities is left as it is', t => {
  fc.assert(
    fc.property(arbitraryTake, ({chunks}) => {
      const stored = storeChunks(chunks);
      const untimed = untimedChunks(stored);
      const hasLogprobs = chunks.some(({chunk}) => 'logprobs' in chunk && chunk.logprobs);
      t.is(untimed === undefined, hasLogprobs);
      if (untimed === undefined) return;
      t.deepEqual(answerIn(untimed), answerIn(stored));
      t.is(untimedChunks(untimed), untimed);
    }),
    {numRuns: 500},
  );
});

test('two texts have the same content exactly if their chunks have, whatever the times and the models', t => {
  fc.assert(
    fc.property(arbitraryTake, arbitraryTake, fc.boolean(), ({chunks}, other, isOther) => {
      const later = chunks.map(({at, chunk}) => ({
        at: at * 2 + 1,
        chunk: chunk.type === 'reply-start' ? {...chunk, answeredBy: {model: 'another'}} : chunk,
      }));
      const texts = [chunks, isOther ? other.chunks : later].map(list => storeChunks(list as typeof chunks));
      const [mine, theirs] = texts.map(untimedChunks);
      if (mine === undefined || theirs === undefined) return;
      const [content, otherContent] = texts.map(storedContent);
      t.is(isSameContent(mine, theirs), content === otherContent);
      if (!isOther) t.true(isSameContent(mine, theirs));
    }),
    {numRuns: 500},
  );
});

test('a text that is cut or in another form has to be parsed', t => {
  fc.assert(
    fc.property(arbitraryTake, fc.nat(), ({chunks}, place) => {
      const stored = storeChunks(chunks);
      t.is(untimedChunks(stored.slice(0, place % stored.length)), undefined);
    }),
    {numRuns: 500},
  );
  const entry = '[0,{"type":"reply-start"}]';
  for (const text of ['', '[]', '{}', `[ ${entry}]`, `[${entry},]`, `[${entry}}`, `[${entry}]]`, '[[0,1]]'])
    t.is(untimedChunks(text), undefined, text);
});
