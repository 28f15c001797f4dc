import test from 'ava';
import fc from 'fast-check';
import {hasRefusal, readChunks, storeChunks} from '../../../src/cassette/rows/stored-chunks.js';
import type {TimedChunk} from '../../../src/cassette/take.js';
import {foldRecorded} from '../../../src/chat/reply.js';
import {arbitraryTake} from '../../support/arbitrary-take.js';
import {takeOf} from '../../support/recordings.js';

test('stored chunks of every kind are read back unchanged, however they were split', t => {
  fc.assert(
    fc.property(arbitraryTake, ({chunks}) => {
      t.deepEqual(readChunks(storeChunks(chunks)), chunks);
    }),
    {numRuns: 500},
  );
});

test('an answer read with joined deltas has the same content as with separate ones', t => {
  fc.assert(
    fc.property(arbitraryTake, ({chunks}) => {
      const joined = readChunks(storeChunks(chunks), {joined: true});
      t.true(joined.length <= chunks.length);
      t.deepEqual(said(joined), said(chunks));
    }),
    {numRuns: 500},
  );
});

function said(chunks: readonly TimedChunk[]) {
  return foldRecorded(chunks.map(({chunk}) => chunk));
}

test('equal chunks give equal texts, whatever the order of their members', t => {
  fc.assert(
    fc.property(arbitraryTake, ({chunks}) => {
      const [first, ...rest] = chunks.map(({at, chunk}) => ({
        at,
        chunk: Object.fromEntries(Object.entries(chunk).reverse()) as typeof chunk,
      }));
      if (first) t.is(storeChunks([first, ...rest]), storeChunks(chunks));
    }),
  );
});

test('text and refusal are stored apart', t => {
  const {chunks} = takeOf(['I ', 'cannot.', ' Bye.']);
  const [start, first, second, third, end] = chunks;
  const refusal = (given: TimedChunk | undefined): TimedChunk[] =>
    given?.chunk.type === 'text-delta' ? [{...given, chunk: {...given.chunk, refusal: true}}] : [];
  const marked = [start, ...refusal(first), ...refusal(second), ...[third ?? start, end ?? start]];
  const stored = storeChunks(marked);
  t.true(stored.includes('"refusal":true,"text":"I cannot."'), stored);
  t.true(stored.includes('"candidate":0,"text":" Bye."'), stored);
  t.true(hasRefusal(stored));
  t.false(hasRefusal(storeChunks(takeOf(['"refusal":true']).chunks)));
});

test('streamed text is stored in one piece, so that it is searchable and readable in a diff', t => {
  const text = 'The quick brown fox jumps over the lazy dog, and then it does it once more.';
  const stored = storeChunks(takeOf(text.split(/(?<= )/)).chunks);
  t.true(stored.includes(text), stored);
});

test('a stored answer is a fraction of the size of its stream events', t => {
  const {chunks} = takeOf(Array.from({length: 200}, (_, index) => ` word${index}`));
  const events = chunks.map(({at, chunk}) => `data: ${JSON.stringify({at, ...chunk})}\n\n`).join('');
  t.true(storeChunks(chunks).length < events.length / 4);
});

const start = '[0,{"type":"reply-start","answeredBy":{"model":"m"}}]';
const hello = '[[[1,5]],{"type":"text-delta","candidate":0,"text":"Hello"}]';
const end = '[9,{"type":"reply-end","finish":[{"unified":"stop","raw":"stop"}]}]';

const refuses = test.macro({
  exec: (t, entries: readonly string[], reason: RegExp) => {
    t.throws(() => readChunks(`[${entries.join(',')}]`), {message: reason});
  },
  title: title => `refuses ${title}`,
});

test('an answer without chunks', refuses, [], /begin with reply-start/);
test('an answer without its start', refuses, [hello, end], /begin with reply-start/);
test('an answer without its end', refuses, [start, hello], /end with reply-end/);
test('a second start', refuses, [start, start, end], /chunk 2 of 3: the answer begins twice/);
test('a chunk after the end', refuses, [start, end, end], /chunk 2 of 3: the answer goes on/);
test(
  'a candidate with content that does not finish',
  refuses,
  [start, hello.replace(':0', ':1'), end],
  /candidate 1/,
);
test(
  'an unknown chunk type',
  refuses,
  [start, '[1,{"type":"song","text":"La"}]', end],
  /a chunk does not match/,
);
test(
  'an unknown member',
  refuses,
  [start, end.replace('"finish"', '"x":1,"finish"')],
  /a chunk does not match/,
);
test(
  'a text with too few splits',
  refuses,
  [start, hello.replace('[1,5]', '[1,4]'), end],
  /5 characters has pieces for 4/,
);
test(
  'a text with too many splits',
  refuses,
  [start, hello.replace('[1,5]', '[1,4],[2,4]'), end],
  /has pieces for 8/,
);
test(
  'a split chunk without text',
  refuses,
  [start, '[[[1,2]],{"type":"reply-end"}]', end],
  /a chunk without text has pieces/,
);
test('an entry of an unknown shape', refuses, [start, '{"at":1}', end], /does not match the schema/);
test('a time that is not a number', refuses, [start.replace('0', '"0"'), end], /does not match the schema/);
test('a text that is not JSON', refuses, [start, 'oops'], /JSON/);
