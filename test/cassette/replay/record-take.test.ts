import test from 'ava';
import fc from 'fast-check';
import {playTake} from '../../../src/cassette/replay/play-take.js';
import {recordTake} from '../../../src/cassette/replay/record-take.js';
import type {Take} from '../../../src/cassette/take.js';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {StreamedChunk} from '../../../src/chat/wire.js';
import {arbitraryChunks, streamOf} from '../../chat/arbitrary-chunks.js';

const provenance = {recordedAt: 0, askedFor: 'a', model: 'm'};
const signal = new AbortController().signal;
const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'm'}};
const delta = (text: string): AnswerChunk => ({type: 'text-delta', candidate: 0, text});
const end: AnswerChunk = {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};

async function collect(chunks: AsyncIterable<StreamedChunk>): Promise<StreamedChunk[]> {
  const collected: StreamedChunk[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

test('a replayed answer equals the recorded one, and recording passes the answer through', async t => {
  await fc.assert(
    fc.asyncProperty(arbitraryChunks, fc.array(fc.nat(1000)), async (chunks, pauses) => {
      let kept: Take['chunks'] | undefined;
      let time = 0;
      const through = await collect(
        recordTake(streamOf(chunks), {
          elapsed: () => (time += pauses.shift() ?? 0),
          keep: async recorded => {
            kept = recorded.chunks;
          },
        }),
      );
      t.deepEqual(through, chunks);
      if (!kept) throw new Error('Nothing was kept');
      t.deepEqual(
        await collect(
          playTake({chunks: kept, provenance}, {pace: 'instant', now: Date.now, signal, form: undefined}),
        ),
        chunks,
      );
      const offsets = kept.map(({at}) => at);
      t.deepEqual(
        offsets,
        [...offsets].sort((a, b) => a - b),
      );
    }),
  );
});

test('the end of an answer is sent only after the take is stored', async t => {
  const events: string[] = [];
  let finish = () => {};
  const recording = recordTake(streamOf([start, delta('a'), end]), {
    elapsed: () => 0,
    keep: () =>
      new Promise<void>(resolve => {
        events.push('keeping');
        finish = () => {
          events.push('kept');
          resolve();
        };
      }),
  });
  const told = (async () => {
    for await (const {type} of recording) events.push(type);
  })();
  await new Promise(resolve => setImmediate(resolve));
  t.deepEqual(events, ['reply-start', 'text-delta', 'keeping']);
  finish();
  await told;
  t.deepEqual(events, ['reply-start', 'text-delta', 'keeping', 'kept', 'reply-end']);
});

test('a take that cannot be stored is a failure, and no end is sent', async t => {
  const seen: string[] = [];
  const error = await t.throwsAsync(async () => {
    const recording = recordTake(streamOf([start, delta('a'), end]), {
      elapsed: () => 0,
      keep: () => Promise.reject(new Error('disk full')),
    });
    for await (const {type} of recording) seen.push(type);
  });
  t.is(error?.message, 'disk full');
  t.deepEqual(seen, ['reply-start', 'text-delta']);
});

async function* breaking(chunks: readonly AnswerChunk[]): AsyncGenerator<AnswerChunk> {
  yield* chunks;
  throw new Error('cut off');
}

const unfinished: readonly (readonly [string, () => AsyncIterable<AnswerChunk>, string])[] = [
  ['is cut off', () => breaking([start, delta('a')]), 'cut off'],
  ['fails before its first chunk', () => breaking([]), 'cut off'],
  [
    'stops without an end',
    () => streamOf([start, delta('a')]),
    'The upstream stopped in the middle of its answer',
  ],
  ['is empty', () => streamOf([]), 'The upstream stopped in the middle of its answer'],
];

for (const [name, chunks, message] of unfinished) {
  test(`an answer that ${name} leaves no take`, async t => {
    const recording = recordTake(chunks(), {elapsed: () => 0, keep: async () => t.fail('kept')});
    await t.throwsAsync(collect(recording), {message});
  });
}

test('an answer that the client does not read to its end leaves no take', async t => {
  for (const heard of [1, 2]) {
    let count = 0;
    const recording = recordTake(streamOf([start, delta('a'), end]), {
      elapsed: () => 0,
      keep: async () => t.fail('kept'),
    });
    for await (const _chunk of recording) if (++count === heard) break;
    t.is(count, heard);
  }
});

test('offsets are whole milliseconds, and never negative', async t => {
  const times = [-3, 0.4, 12.6];
  await collect(
    recordTake(streamOf([start, delta('a'), end]), {
      elapsed: () => times.shift() ?? 0,
      keep: async ({chunks}) => {
        t.deepEqual(
          chunks.map(({at}) => at),
          [0, 0, 13],
        );
      },
    }),
  );
  t.plan(1);
});
