import {askEach} from '../ask-each.js';
import type {Bench, BenchContext, Row} from '../bench.js';
import {median} from '../median.js';
import {cpuSeconds, hasProcessUsage} from '../process-usage.js';
import {completion, completionEvents} from '../provider-answer.js';
import {questionBodies} from '../question.js';
import type {ServerProcess} from '../servers/server-process.js';

const connections = 16;
const rounds = 3;
const questions = 2000;
const parallel = 1000;
const deltas = 10;

export const recording: Bench = {
  name: 'recording',
  summary: 'short answers of a scripted upstream, recorded into a new cassette',
  async *run(context) {
    if (hasProcessUsage) yield await compareProcessorTime(context);
    else yield {what: 'recording: CPU time', skipped: 'this system does not tell the CPU time of a process'};
    yield await recordInParallel(context);
  },
};

async function compareProcessorTime({servers}: BenchContext): Promise<Row> {
  const upstream = await servers.bare({contentType: 'text/event-stream', writes: completionEvents(deltas)});
  const bare = await servers.bare({contentType: 'application/json', writes: [completion]});
  const [first, ...bodies] = questionBodies(questions);
  const times: (readonly [ours: number, theirs: number])[] = [];
  for (let round = 0; round < rounds; round++) {
    const retake = await recordingProxy(servers, upstream, `recording-${round}`);
    for (const {url} of [retake, bare]) await askEach(url, [first], 1);
    times.push([await timeEach(retake, bodies), await timeEach(bare, bodies)]);
    await retake.stop();
  }
  return {
    what: `recording over ${connections} connections: CPU time of a bare server, times`,
    measured: median(times.map(([ours, theirs]) => ours / theirs)),
    unit: 'ratio',
    target: {atMost: 10},
    detail: times.map(([ours, theirs]) => `${Math.round(ours)} µs to ${Math.round(theirs)} µs`).join(', '),
  };
}

/** All requests at once, at retake and at the upstream itself. */
async function recordInParallel({servers}: BenchContext): Promise<Row> {
  const writes = completionEvents(deltas);
  const upstream = await servers.bare({contentType: 'text/event-stream', writes, gap: 50});
  const [first, ...bodies] = questionBodies(parallel + 1);
  const times: (readonly [ours: number, theirs: number])[] = [];
  for (let round = 0; round < rounds; round++) {
    const retake = await recordingProxy(servers, upstream, `parallel-${round}`);
    for (const {url} of [retake, upstream]) await askEach(url, [first], 1);
    times.push([await timeAll(retake, bodies), await timeAll(upstream, bodies)]);
    await retake.stop();
  }
  return {
    what: `${parallel} parallel recordings: time of the upstream itself, times`,
    measured: median(times.map(([ours, theirs]) => ours / theirs)),
    unit: 'ratio',
    target: {atMost: 1.2},
    detail: times.map(([ours, theirs]) => `${Math.round(ours)} ms to ${Math.round(theirs)} ms`).join(', '),
  };
}

function recordingProxy(
  servers: BenchContext['servers'],
  upstream: ServerProcess,
  name: string,
): Promise<ServerProcess> {
  const cassette = `${name}.cassette`;
  return servers.retake(['--mode', 'record', '--cassette', cassette, '--upstream', upstream.url]);
}

/** Microseconds of the server's CPU time for each request. */
async function timeEach({url, pid}: ServerProcess, bodies: readonly string[]): Promise<number> {
  const before = cpuSeconds(pid);
  await askEach(url, bodies, connections);
  return ((cpuSeconds(pid) - before) * 1e6) / bodies.length;
}

/** Milliseconds until the last of the parallel requests is answered. */
async function timeAll({url}: ServerProcess, bodies: readonly string[]): Promise<number> {
  const begin = performance.now();
  await askEach(url, bodies, bodies.length);
  return performance.now() - begin;
}
