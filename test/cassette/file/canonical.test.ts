import {createHash} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {noFacts} from '../../../src/cassette/media-memory.js';
import {pruneCassette} from '../../../src/operations/prune-cassette.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {arbitraryFacts, digestOf as factDigest, someFacts} from '../../support/arbitrary-facts.js';
import {startRecorder} from '../../support/record-takes.js';
import {keyOf, recordingOf, takeOf, wireTakeOf} from '../../support/recordings.js';
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

test('the same takes give the same bytes, whatever the order in which several processes record them', async t => {
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

test('the same content gives the bytes that every version of SQLite so far has written', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await record(path, takes);
  t.is(digestOf(path), 'b123afa30d53f30ad4655c683e7d1ba19479f7be7c3461602d3a1ebd144a2bb6');
  const cassette = await openCassetteFile({path, writable: true, keySettings: {pageSize: 300}});
  await cassette.add({...recordingOf('And more', takeOf('x'.repeat(100_000), 5)), facts: someFacts});
  await cassette.close();
  t.is(digestOf(path), '81d0b367eb4113392846379bd29fa77475f350cceff877f7f8b7289260659f60');
});

test('the format is a new one only with bytes of a provider, and the old one without them', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const version = () => readFileSync(path).readUInt32BE(60);
  await record(path, takes);
  const before = digestOf(path);
  t.is(version(), 1);
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('From a provider', wireTakeOf('data: 1\n\n')));
  await cassette.close();
  t.is(version(), 3);
  t.like(await verifyCassette(path), {isValid: true, findings: []});
  await pruneCassette({path, isUnused: ({key}) => key === keyOf('From a provider'), isWritten: true});
  t.is(version(), 1);
  t.is(digestOf(path), before);
});

test('the file does not depend on the order of recording', async t => {
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

test('recording an existing take again does not change the file', async t => {
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

test('replacing a take and restoring it gives the original bytes', async t => {
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

test('facts give the same bytes in any order and from any process', async t => {
  await fc.assert(
    fc.asyncProperty(arbitraryFacts, arbitraryFacts, async (first, second) => {
      const orders = [
        [first, second],
        [second, first],
      ];
      const digests = [];
      for (const [early = noFacts, late = noFacts] of orders) {
        const path = join(await temporaryFolder(t), 'a.cassette');
        const [one, two] = [
          await openCassetteFile({path, writable: true}),
          await openCassetteFile({path, writable: true}),
        ];
        await one.add({...recordingOf('Hi', takeOf('Hello', 1)), facts: early});
        await two.add({...recordingOf('Bye', takeOf('Goodbye', 1)), facts: late});
        await two.media.learn(early);
        await one.close();
        await two.close();
        digests.push(digestOf(path));
        t.like(await verifyCassette(path), {isValid: true});
      }
      t.deepEqual(digests[0], digests[1]);
    }),
    {numRuns: 30},
  );
});

test('a cassette without facts has the same bytes as before facts existed', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true, keySettings: {pageSize: 300}});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.close();
  t.is(readFileSync(path).readUInt32BE(60), 1);
  t.false(readFileSync(path, 'latin1').includes('pageSize'));
});

test('thumbnails beyond the budget are left out, the same ones in any order', async t => {
  const thumbnails = Array.from({length: 12}, (_, index) => ({
    kind: 'thumbnail' as const,
    digest: factDigest(String(index)),
    mediaType: 'image/webp',
    bytes: new Uint8Array(1 << 20).fill(index),
  }));
  const digests = [];
  for (const order of [thumbnails, thumbnails.toReversed()]) {
    const path = join(await temporaryFolder(t), 'a.cassette');
    const cassette = await openCassetteFile({path, writable: true});
    await cassette.add(recordingOf('Hi', takeOf('Hello', 1)));
    for (const thumbnail of order) {
      await cassette.media.learn({...noFacts, media: [thumbnail]});
      await cassette.flush();
    }
    await cassette.close();
    digests.push(digestOf(path));
    t.true(statSync(path).size < 9 << 20);
  }
  t.deepEqual(digests[0], digests[1]);
});
