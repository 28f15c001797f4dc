import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import fc from 'fast-check';
import {openStoreCassette} from '../../../src/cassette/postgres/open-store.js';
import type {StoredInteraction} from '../../../src/cassette/rows/stored-cassette.js';
import {withInteractions} from '../../../src/cassette/rows/stored-cassette.js';
import {openStored} from '../../../src/cassette/stores/open-stored.js';
import {rewriteStored} from '../../../src/cassette/stores/rewrite-stored.js';
import {RetakeError} from '../../../src/errors.js';
import {copyCassettes} from '../../../src/operations/copy-cassettes.js';
import {exportCassette} from '../../../src/operations/export-cassette.js';
import {redactCassette} from '../../../src/operations/redact-cassette.js';
import {arbitraryFacts} from '../../support/arbitrary-facts.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {recordingOf} from '../../support/recordings.js';
import {type StoredTakes, writeStoredCassette} from '../../support/stored-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const server = useServer();
let stores = 0;

const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
const many: StoredTakes = Object.fromEntries(
  Array.from({length: 350}, (_, index) => [`question ${index}`, [`answer ${index}`]]),
);

async function storeWith(t: ExecutionContext, held: StoredTakes) {
  const file = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), held);
  const address = `${server().address}?cassette=rewrite-${stores++}`;
  await copyCassettes({from: file, to: address});
  return {file, address};
}

async function linesOf(place: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of exportCassette(place)) lines.push(line);
  return lines.join('');
}

/** Removes every second interaction, and calls back in the midst of it. */
async function halve(address: string, midway: () => Promise<void>) {
  return rewriteStored(address, async current => {
    if (!current) throw new Error('There is no cassette');
    const kept = [...current.rows()].filter((_row, index) => index % 2 === 0);
    const interactions = async function* (): AsyncIterable<StoredInteraction> {
      for (const [index, row] of kept.entries()) {
        if (index === 120) await midway();
        yield row;
      }
    };
    return {content: {...withInteractions(current, []), interactions: interactions()}, result: kept.length};
  });
}

test('a rewriting that fails midway leaves everything as it was', async t => {
  const {address} = await storeWith(t, many);
  const before = await linesOf(address);
  await t.throwsAsync(
    halve(address, async () => {
      throw new RetakeError('internal', 'Interrupted');
    }),
    {message: 'Interrupted'},
  );
  t.is(await linesOf(address), before);
});

// It ends the connections of all tests of this file.
test.serial('a rewriting whose connection is lost midway is done again from the beginning', async t => {
  const {address} = await storeWith(t, many);
  let losses = 0;
  const kept = await halve(address, async () => {
    if (losses++ > 0) return;
    await server().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'retake' AND pid <> pg_backend_pid()",
    );
  });
  t.is(losses, 2);
  t.is(kept, 175);
  const after = await openStored(address);
  t.is(after?.count(), 175);
  after?.close();
});

test('a recording waits for a rewriting, and neither loses what the other did', async t => {
  const {address} = await storeWith(t, many);
  const replica = await openStoreCassette(address, {writable: true});
  t.teardown(() => replica.close());
  const recording = recordingOf('a new question', 'a new answer');
  const removed = recordingOf('question 1', 'another answer');
  const order: string[] = [];
  let adding: Promise<unknown> = Promise.resolve();
  await halve(address, async () => {
    adding = Promise.all(
      [recording, removed].map(one => replica.add(one).then(() => order.push('recorded'))),
    );
    // Long enough for a recording that does not wait.
    await sleep(300);
    order.push('rewritten');
  });
  await adding;
  t.deepEqual(order, ['rewritten', 'recorded', 'recorded']);
  for (const {key} of [recording, removed]) t.truthy(await replica.find(key));
});

test('redacting a database gives the same cassette as redacting the file, whatever is in it', async t => {
  const text = fc.constantFrom('Hi', `Hi ${secret}`, `Bye ${secret}`, 'Bye', `${secret} ${secret}`);
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(text, fc.array(text, {minLength: 1, maxLength: 3}), {minKeys: 1}),
      arbitraryFacts,
      async (held, facts) => {
        const file = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), held, {}, facts);
        const address = `${server().address}?cassette=redact-${stores++}`;
        await copyCassettes({from: file, to: address});
        const reports = [];
        for (const path of [file, address])
          reports.push(await redactCassette({path, rules: undefined, isWritten: true}));
        t.deepEqual(reports[1], reports[0]);
        t.is(await linesOf(address), await linesOf(file));
        const [left] = await server().query(
          'SELECT count(*) AS secrets FROM retake.interactions i JOIN retake.takes USING (cassette) WHERE i.request || chunks LIKE $1 AND cassette = (SELECT id FROM retake.cassettes WHERE name = $2)',
          [`%${secret}%`, new URL(address).searchParams.get('cassette')],
        );
        t.is(Number(left?.['secrets']), 0);
      },
    ),
    {numRuns: 12},
  );
});

test('a replica replays the new state after a rewriting, without what it had in memory', async t => {
  const {address} = await storeWith(t, {'question 1': ['answer 1'], 'question 2': ['answer 2']});
  const replica = await openStoreCassette(address, {writable: false});
  t.teardown(() => replica.close());
  const {key} = recordingOf('question 1', '');
  t.truthy(await replica.find(key));
  const {revision} = replica;
  await rewriteStored(address, async current => {
    if (!current) throw new Error('There is no cassette');
    const interactions = [...current.rows()].filter(({row}) => row.key !== key);
    return {content: withInteractions(current, interactions), result: undefined};
  });
  for (const deadline = Date.now() + 60_000; replica.revision === revision && Date.now() < deadline; )
    await sleep(20);
  t.is(await replica.find(key), undefined);
});
