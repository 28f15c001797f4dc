import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import fc from 'fast-check';
import type {Cassette} from '../../../src/cassette/cassette.js';
import {openStoreCassette, type StoreOptions} from '../../../src/cassette/postgres/open-store.js';
import {eventually} from '../../support/eventually.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {keyOf, recordingOf, takeOf, textOf} from '../../support/recordings.js';

const server = useServer();
let stores = 0;

/** Several openings of one new cassette, as those of several processes. */
async function open(t: ExecutionContext, count: number, options: Partial<StoreOptions> = {}) {
  const address = `${server().address}?cassette=writers-${stores++}`;
  const cassettes: Cassette[] = [];
  for (let index = 0; index < count; index++) {
    const cassette = await openStoreCassette(address, {writable: true, ...options});
    t.teardown(() => cassette.close());
    cassettes.push(cassette);
  }
  return cassettes as [Cassette, ...Cassette[]];
}

async function answers(cassette: Cassette, question: string) {
  return (await cassette.find(keyOf(question)))?.takes.map(textOf);
}

test('processes that record at once agree on the takes and their order, and store equal answers once', async t => {
  const writers = await open(t, 4);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({text: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.integer({min: 1, max: 9})}), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.uuid(),
      async (takes, question) => {
        await Promise.all(
          takes.map(({text, at}, index) =>
            (writers[index % writers.length] ?? writers[0]).add(recordingOf(question, takeOf(text, at))),
          ),
        );
        const stored = await answers(writers[0], question);
        t.deepEqual([...(stored ?? [])].sort(), [...new Set(takes.map(({text}) => text))].sort());
        for (const writer of writers.slice(1)) t.deepEqual(await answers(writer, question), stored);
      },
    ),
    {numRuns: 10},
  );
});

test('a change by one process reaches the memory of the others', async t => {
  const [writer, reader] = await open(t, 2);
  if (!reader) return t.fail();
  await writer.add(recordingOf('Hi', takeOf('Hello', 1)));
  t.deepEqual(await answers(reader, 'Hi'), ['Hello']);
  const {revision} = reader;
  await writer.add(recordingOf('Bye', takeOf('Goodbye', 1)));
  await writer.add(recordingOf('Hi', takeOf('Hey', 2)));
  await eventually('the reader knows', async () => (await answers(reader, 'Hi'))?.length === 2);
  t.is(reader.revision, revision + 1);
});

test.serial('changes are found without notifications, too', async t => {
  const [writer, reader] = await open(t, 2);
  if (!reader) return t.fail();
  await writer.add(recordingOf('Hi', takeOf('Hello', 1)));
  t.deepEqual(await answers(reader, 'Hi'), ['Hello']);
  const {revision} = reader;
  // What another program changes is announced to nobody.
  await server().query(`UPDATE retake.cassettes SET revision = revision + 1 WHERE name = $1`, [writer.name]);
  await server().query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN retake'",
  );
  await eventually('the reader has looked', () => reader.revision > revision);
  t.pass();
});

test('a session that is shared gets each position once, whichever process is asked', async t => {
  const cassettes = await open(t, 3, {sharesSessions: true});
  await cassettes[0].add(recordingOf('Hi', 'Hello'));
  const positions = await Promise.all(
    Array.from({length: 30}, (_, index) =>
      (cassettes[index % 3] ?? cassettes[0]).nextPosition?.('login', keyOf('Hi')),
    ),
  );
  t.deepEqual(
    positions.sort((a = 0, b = 0) => a - b),
    Array.from({length: 30}, (_, index) => index),
  );
  t.is(await cassettes[1]?.nextPosition?.('another', keyOf('Hi')), 0);
  await server().query("UPDATE retake.sessions SET touched = now() - interval '2 hours'");
  t.is(await cassettes[2]?.nextPosition?.('login', keyOf('Hi')), 0, 'an idle session begins anew');
});

test('replicas that record again together replace what was there, and keep what each other recorded', async t => {
  const [first, second] = await open(t, 2, {sharesSessions: true});
  if (!second) return t.fail();
  for (const [index, text] of ['one', 'two', 'three'].entries())
    await first.add(recordingOf('Hi', takeOf(text, index)));
  await first.add(recordingOf('Hi', takeOf('uno', 11), 0));
  await second.add(recordingOf('Hi', takeOf('dos', 12), 1));
  await eventually('both are there', async () => (await answers(first, 'Hi'))?.length === 2);
  t.deepEqual(await answers(first, 'Hi'), ['uno', 'dos']);
});

test('a key is reserved by one process; the others get what it recorded', async t => {
  const [leader, waiter] = await open(t, 2);
  if (!waiter) return t.fail();
  const {signal} = new AbortController();
  const reserved = await leader.reserve?.(keyOf('Hi'), signal);
  if (reserved?.kind !== 'reserved') return t.fail();
  let isWaiting = true;
  const waiting = waiter.reserve?.(keyOf('Hi'), signal).finally(() => {
    isWaiting = false;
  });
  await sleep(300);
  t.true(isWaiting);
  await leader.add(recordingOf('Hi', 'Hello'));
  const got = await waiting;
  t.is(got?.kind === 'recorded' ? textOf(got.interaction.takes[0]) : undefined, 'Hello');
  reserved.release();
});

test('a reservation that leads to nothing, and one whose process is gone, is free at once', async t => {
  const [leader, waiter] = await open(t, 2);
  if (!waiter) return t.fail();
  const {signal} = new AbortController();
  const first = await leader.reserve?.(keyOf('Hi'), signal);
  if (first?.kind !== 'reserved') return t.fail();
  first.release();
  const second = await waiter.reserve?.(keyOf('Hi'), signal);
  t.is(second?.kind, 'reserved');
  await waiter.close();
  const third = await leader.reserve?.(keyOf('Hi'), signal);
  t.is(third?.kind, 'reserved');
  if (third?.kind === 'reserved') third.release();
});

test.serial('a restart of the server does not give a reserved key to another process', async t => {
  const [leader, waiter] = await open(t, 2);
  if (!waiter) return t.fail();
  const {signal} = new AbortController();
  const reserved = await leader.reserve?.(keyOf('Hi'), signal);
  if (reserved?.kind !== 'reserved') return t.fail();
  const other = await waiter.reserve?.(keyOf('Bye'), signal);
  if (other?.kind === 'reserved') other.release();
  const ended = await server().query(
    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'retake'",
  );
  const pids = ended.map(({pid}) => Number(pid));
  await eventually('the connections have ended', async () => {
    const rows = await server().query('SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)', [pids]);
    return rows.length === 0;
  });
  // The clients are told of it.
  await sleep(500);
  const stopping = new AbortController();
  const waiting = waiter.reserve?.(keyOf('Hi'), stopping.signal);
  await sleep(5000);
  stopping.abort(new Error('It still waits'));
  await t.throwsAsync(async () => waiting, {message: 'It still waits'});
  reserved.release();
});
