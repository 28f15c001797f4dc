import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Cassette, Recording} from '../../src/cassette/cassette.js';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import {openStoreCassette} from '../../src/cassette/postgres/open-store.js';
import {copyCassettes} from '../../src/operations/copy-cassettes.js';
import {recordingOf} from '../../test/support/recordings.js';
import {hasPostgres, type PostgresServer, startPostgres} from '../../test/support/start-postgres.js';
import {askEach} from '../ask-each.js';
import type {Bench, BenchContext, Effort, Row} from '../bench.js';
import {putLoad} from '../load.js';
import {median} from '../median.js';
import {cpuSeconds} from '../process-usage.js';
import {questionBodies, questionBody} from '../question.js';
import {type CountingRelay, startCountingRelay} from '../servers/counting-relay.js';
import type {ServerProcess} from '../servers/server-process.js';
import {writeCassette} from '../write-cassette.js';

const few = 1000;
const atOnce = 50;
const connections = 10;
const warmUpRequests = 3000;
const measuredRequests = 10_000;

export const store: Bench = {
  name: 'store',
  summary: 'cassettes in PostgreSQL: replicas against one file, a large one, recording, copying',
  async *run(context) {
    if (!hasPostgres) {
      yield {what: 'cassettes in PostgreSQL', skipped: 'PostgreSQL is not installed'};
      return;
    }
    const server = await startPostgres({settings: ['fsync=on', 'shared_buffers=256MB']});
    const relay = await startCountingRelay(server.port);
    try {
      yield* measure(context, server, relay);
    } finally {
      relay.close();
      await server.remove();
    }
  },
};

async function* measure(
  context: BenchContext,
  server: PostgresServer,
  relay: CountingRelay,
): AsyncGenerator<Row> {
  const {effort, folder} = context;
  const file = join(folder, 'few.cassette');
  await writeCassette(file, {interactions: few, deltas: 40});
  const addressOf = (cassette: string) =>
    `postgres://retake@127.0.0.1:${relay.port}/retake?cassette=${cassette}&sslmode=disable`;
  await copyCassettes({from: file, to: addressOf('few')});
  yield* await replay(context, {file, address: addressOf('few'), relay});
  yield* await firstAskings(context, {file, addressOf, relay, server});
  yield* await recordAtOnce(effort, folder, addressOf('recording'));
  yield await copy(effort, folder, addressOf('copied'));
}

type Places = {readonly file: string; readonly address: string; readonly relay: CountingRelay};

/** The same requests again and again, at several replicas and at one server with the file. */
async function replay({servers, effort}: BenchContext, {file, address, relay}: Places): Promise<Row[]> {
  const load = {bodies: questionBodies(10)};
  // On a busy machine, a time would be over before a replica is warm.
  const sendAtLeast = async (least: number, url: string) => {
    let sent = 0;
    while (sent < least) sent += (await putLoad(url, load, effort.roundSeconds)).requests;
    return sent;
  };
  const cpuOf = async (replicas: readonly ServerProcess[]) => {
    const send = (least: number) => Promise.all(replicas.map(({url}) => sendAtLeast(least, url)));
    await send(warmUpRequests);
    const [cpu, trips] = [total(replicas), relay.roundTrips()];
    const requests = (await send(measuredRequests)).reduce((sum, one) => sum + one, 0);
    return {
      micros: ((total(replicas) - cpu) / requests) * 1e6,
      trips: (relay.roundTrips() - trips) / requests,
      requests,
    };
  };
  const one = await servers.replay(file);
  const base = await cpuOf([one]);
  await one.stop();
  const rows: Row[] = [];
  for (const count of [1, 2, 4]) {
    const replicas = await Promise.all(Array.from({length: count}, () => servers.replay(address)));
    const {micros, trips, requests} = await cpuOf(replicas);
    await Promise.all(replicas.map(replica => replica.stop()));
    const name = count === 1 ? '1 replica' : `${count} replicas`;
    rows.push({
      what: `${name} against one file, requests seen before: CPU time`,
      measured: micros / base.micros,
      unit: 'ratio',
      detail: `${micros.toFixed(0)} µs to ${base.micros.toFixed(0)} µs each`,
    });
    rows.push({
      what: `${name}: round trips for a request seen before`,
      measured: trips,
      unit: 'ratio',
      target: {atMost: 0.01},
      detail: `${requests} requests`,
    });
  }
  return rows;
}

/** Requests that a replica gets for the first time, from a small cassette and from a large one. */
async function firstAskings(
  {servers, effort}: BenchContext,
  options: {
    readonly file: string;
    readonly addressOf: (cassette: string) => string;
    readonly relay: CountingRelay;
    readonly server: PostgresServer;
  },
): Promise<Row[]> {
  const {file, addressOf, relay, server} = options;
  const large = effort.storeInteractions;
  await copyCassettes({from: file, to: addressOf('many')});
  await fill(server, 'many', large - few);
  type Asked = {readonly own: number; readonly database: number; readonly trips: number};
  const askAll = async (cassette: string): Promise<Asked> => {
    const replica = await servers.replay(cassette);
    try {
      // What a first request costs beside its interaction: compiling, connecting.
      await askEach(replica.url, [questionBody(0)], 1);
      const before = {
        own: cpuSeconds(replica.pid),
        database: databaseSeconds(server.pid),
        trips: relay.roundTrips(),
      };
      await askEach(
        replica.url,
        Array.from({length: few - 1}, (_, index) => questionBody(index + 1)),
        connections,
      );
      return {
        own: ((cpuSeconds(replica.pid) - before.own) / (few - 1)) * 1e6,
        database: ((databaseSeconds(server.pid) - before.database) / (few - 1)) * 1e6,
        trips: (relay.roundTrips() - before.trips) / (few - 1),
      };
    } finally {
      await replica.stop();
    }
  };
  const rounds: {few: Asked; many: Asked; file: Asked}[] = [];
  for (let round = 0; round < 3; round++)
    rounds.push({
      few: await askAll(addressOf('few')),
      many: await askAll(addressOf('many')),
      file: await askAll(file),
    });
  const middle = (side: 'few' | 'many' | 'file', figure: keyof Asked) =>
    median(rounds.map(round => round[side][figure]));
  const both = (side: 'few' | 'many') => middle(side, 'own') + middle(side, 'database');
  const shown = (side: 'few' | 'many') =>
    `${middle(side, 'own').toFixed(0)} + ${middle(side, 'database').toFixed(0)} µs`;
  return [
    {
      what: `${few} to ${large} interactions, first asking: CPU time with the database's`,
      measured: both('many') / both('few'),
      unit: 'ratio',
      target: {atMost: 1.3},
      detail: `${shown('many')} to ${shown('few')} each`,
    },
    {
      what: 'first asking against a file: CPU time of retake',
      measured: middle('few', 'own') / middle('file', 'own'),
      unit: 'ratio',
      detail: `${middle('few', 'own').toFixed(0)} µs to ${middle('file', 'own').toFixed(0)} µs each`,
    },
    {
      what: 'round trips for a first asking',
      measured: middle('many', 'trips'),
      unit: 'ratio',
      // Looking for changes every 15 seconds is one more now and then.
      target: {atMost: 1.02},
      detail: `${few - 1} requests`,
    },
  ];
}

/** Recordings at the same time, until all are safe. */
async function recordAtOnce(effort: Effort, folder: string, address: string): Promise<Row[]> {
  let count = 0;
  const measureIn = async (cassette: Cassette) => {
    const times: number[] = [];
    for (let round = 0; round < effort.repeats; round++) {
      const recordings: Recording[] = Array.from({length: atOnce}, () =>
        recordingOf(`question ${count++}`, 'an answer '.repeat(40)),
      );
      const begin = performance.now();
      await Promise.all(recordings.map(recording => cassette.add(recording)));
      times.push(performance.now() - begin);
    }
    await cassette.close();
    return median(times);
  };
  const inFile = await measureIn(
    await openCassetteFile({path: join(folder, 'recording.cassette'), writable: true}),
  );
  const inStore = await measureIn(await openStoreCassette(address, {writable: true}));
  return [
    {
      what: `recording ${atOnce} at once, until all are safe`,
      measured: inStore,
      unit: 'ms',
      detail: `a file: ${inFile.toFixed(1)} ms`,
    },
  ];
}

async function copy({manyInteractions}: Effort, folder: string, address: string): Promise<Row> {
  const from = join(folder, 'copied.cassette');
  await writeCassette(from, {interactions: manyInteractions, deltas: 40});
  const begin = performance.now();
  await copyCassettes({from, to: address});
  const taken = performance.now() - begin;
  return {
    what: `copy of ${manyInteractions} interactions into the database`,
    measured: taken,
    unit: 'ms',
    detail: `${Math.round(manyInteractions / (taken / 1000))} per second`,
  };
}

/** Adds interactions that nobody asks for, with the size of the others. */
async function fill(server: PostgresServer, cassette: string, count: number): Promise<void> {
  await server.query(
    `WITH c AS (SELECT id FROM retake.cassettes WHERE name = $1), n AS (SELECT generate_series(1, $2::bigint) AS n),
     added AS (
       INSERT INTO retake.interactions SELECT c.id, hashtextextended(n::text, 0), 'filler:' || n, r.request FROM c, n,
         (SELECT request FROM retake.interactions i JOIN c ON c.id = i.cassette LIMIT 1) r
       ON CONFLICT DO NOTHING RETURNING cassette, id
     )
     SELECT count(*) FROM added`,
    [cassette, count],
  );
  await server.query(
    `INSERT INTO retake.takes
     SELECT i.cassette, i.id, 0, t.chunks, t.provenance, t.digest
     FROM retake.interactions i JOIN retake.cassettes c ON c.id = i.cassette,
       (SELECT chunks, provenance, digest FROM retake.takes LIMIT 1) t
     WHERE c.name = $1 AND i.key LIKE 'filler:%'`,
    [cassette],
  );
  await server.query('VACUUM ANALYZE retake.interactions');
  await server.query('VACUUM ANALYZE retake.takes');
}

function total(servers: readonly ServerProcess[]): number {
  return servers.reduce((sum, {pid}) => sum + cpuSeconds(pid), 0);
}

/** The processor time of PostgreSQL with its processes, those that have ended included. */
function databaseSeconds(pid: number): number {
  const children = readdirSync('/proc').filter(
    name => /^\d+$/.test(name) && statOf(name)?.[1] === String(pid),
  );
  const own = statOf(String(pid)) ?? [];
  const ended = (Number(own[13]) + Number(own[14])) / 100;
  return ended + [pid, ...children.map(Number)].reduce((sum, one) => sum + cpuSecondsIfThere(one), 0);
}

function cpuSecondsIfThere(pid: number): number {
  try {
    return cpuSeconds(pid);
  } catch {
    // It has just ended, and counts with its parent.
    return 0;
  }
}

/** The fields of /proc/PID/stat after the program's name: state, parent, … */
function statOf(pid: string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
