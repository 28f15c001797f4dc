import {createHash} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {verifyCassette} from '../../../src/cassette/verify.js';
import {startRecorder} from '../../support/record-takes.js';
import {recordingOf, takeOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

type Kept = readonly [question: string, answer: string, recordedAt: number];

const takes = Array.from(
  {length: 60},
  (_, index): Kept => [
    `question ${index % 50}`,
    `answer ${index}: ${'so it goes '.repeat(index % 7)}`,
    1000 + index,
  ],
);

test('the same takes give the same bytes, in whatever order several processes record them', async t => {
  const reference = join(await temporaryFolder(t), 'a.cassette');
  await record(reference, takes);
  const orders = [
    [...takes].reverse(),
    takes.filter((_, index) => index % 2 === 0).concat(takes.filter((_, index) => index % 2 === 1)),
  ];
  for (const order of orders) {
    const path = join(await temporaryFolder(t), 'a.cassette');
    const shares = [0, 1, 2].map(share => order.filter((_, index) => index % 3 === share));
    const recorders = await Promise.all(
      shares.map(share => startRecorder(path, {takes: share, flushDelay: 5})),
    );
    t.deepEqual(
      recorders.map(({exitCode, stderr}) => ({exitCode, stderr})),
      Array(3).fill({exitCode: 0, stderr: ''}),
    );
    t.deepEqual(digestOf(path), digestOf(reference));
  }
  t.like(await verifyCassette(reference), {isValid: true, findings: []});
});

test('the order of recording does not show', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(takes.slice(0, 12), {minLength: 12}),
      fc.nat({max: 12}),
      async (shuffled, cut) => {
        const [reference, other] = [
          join(await temporaryFolder(t), 'a.cassette'),
          join(await temporaryFolder(t), 'a.cassette'),
        ];
        await record(reference, takes.slice(0, 12));
        await record(other, shuffled.slice(0, cut));
        await record(other, shuffled.slice(cut));
        t.deepEqual(digestOf(other), digestOf(reference));
      },
    ),
    {numRuns: 10},
  );
});

test('recording what is there leaves the file alone', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await record(path, [
    ['Hi', 'Hello', 1],
    ['Bye', 'Goodbye', 1],
  ]);
  const before = {digest: digestOf(path), stat: statSync(path, {bigint: true})};
  await record(path, [['Hi', 'Hello', 2]]);
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Bye', takeOf(['Good', 'bye'], 3), 0));
  await cassette.close();
  t.deepEqual(digestOf(path), before.digest);
  t.is(statSync(path, {bigint: true}).ino, before.stat.ino);
});

test('what is replaced and then comes back gives the bytes of before', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await record(path, [['Hi', 'Hello', 1]]);
  const before = digestOf(path);
  for (const [answer, recordedAt] of [
    ['Something longer', 2],
    ['Hello', 1],
  ] as const) {
    const cassette = await openCassetteFile({path, writable: true});
    await cassette.add(recordingOf('Hi', takeOf(answer, recordedAt), 0));
    await cassette.close();
  }
  t.deepEqual(digestOf(path), before);
});

async function record(path: string, kept: readonly Kept[]): Promise<void> {
  const cassette = await openCassetteFile({path, writable: true});
  for (const [question, answer, recordedAt] of kept) {
    await cassette.add(recordingOf(question, takeOf(answer.split(/(?= )/), recordedAt)));
  }
  await cassette.close();
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
