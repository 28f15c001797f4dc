import {join} from 'node:path';
import {setInterval as ticks} from 'node:timers/promises';
import {Agent, request} from 'undici';
import {askRecorded, splitEvents} from '../ask.js';
import type {Bench, Row} from '../bench.js';
import {knowsProcessUsage, residentBytes} from '../process-usage.js';
import {questionBodies, questionHeaders, questionPath} from '../question.js';
import type {ServerProcess} from '../servers/server-process.js';
import {writeCassette} from '../write-cassette.js';

const streams = 1000;
const deltas = 100;
/** Milliseconds between two pieces: long enough that all streams are open at the same time. */
const gap = 50;

export const manyStreams: Bench = {
  name: 'streams',
  summary: `${streams} streams at once, played at the pace of their recording`,
  async run({folder, servers}) {
    const cassette = join(folder, 'streams.cassette');
    await writeCassette(cassette, {interactions: 10, deltas, gap});
    const bodies = questionBodies(10, {stream: true});
    const instant = await servers.replay(cassette);
    const answer = await askRecorded(instant, bodies[0]);
    await instant.stop();

    const retake = await servers.replay(cassette, '--pace', 'recorded');
    const ours = await askAll(retake, bodies, answer);
    const bare = await servers.bare({contentType: 'text/event-stream', writes: splitEvents(answer), gap});
    const theirs = await askAll(bare, bodies, answer);
    return [complete('retake', ours), complete('bare server', theirs), ...growthOf(ours, theirs, answer)];
  },
};

type Outcome = {
  readonly whole: number;
  readonly seconds: number;
  /** The growth of the server's memory at its peak, in bytes. */
  readonly growth: number;
};

function complete(who: string, {whole, seconds}: Outcome): Row {
  return {
    what: `${streams} streams at once, ${who}: complete`,
    measured: whole,
    unit: 'streams',
    target: {atLeast: streams},
    detail: `in ${seconds.toFixed(1)} s; recorded over ${((deltas * gap) / 1000).toFixed(1)} s`,
  };
}

function growthOf(ours: Outcome, theirs: Outcome, answer: string): Row[] {
  if (!knowsProcessUsage) return [];
  const buffers = (streams * Buffer.byteLength(answer)) / 1e6;
  const bare = theirs.growth / 1e6;
  return [
    {
      what: `${streams} streams at once: memory growth`,
      measured: ours.growth / 1e6,
      unit: 'MB',
      target: {atMost: bare + buffers},
      detail: `a bare server grows by ${bare.toFixed(0)} MB; all streams together are ${buffers.toFixed(0)} MB`,
    },
  ];
}

async function askAll(server: ServerProcess, bodies: readonly string[], expected: string): Promise<Outcome> {
  const agent = new Agent({connections: streams, pipelining: 1});
  const sampling = new AbortController();
  const before = knowsProcessUsage ? residentBytes(server.pid) : 0;
  const largest = largestMemory(server, sampling.signal);
  const startedAt = performance.now();
  const answers = await Promise.allSettled(
    Array.from({length: streams}, async (_, index) => {
      const {body} = await request(server.url + questionPath, {
        method: 'POST',
        headers: questionHeaders,
        body: bodies[index % bodies.length] ?? '',
        dispatcher: agent,
      });
      return body.text();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  sampling.abort();
  await agent.close();
  const whole = answers.filter(one => one.status === 'fulfilled' && one.value.length === expected.length);
  return {whole: whole.length, seconds, growth: (await largest) - before};
}

/** The peak memory of a process until the signal aborts. */
async function largestMemory({pid}: ServerProcess, signal: AbortSignal): Promise<number> {
  let largest = 0;
  try {
    for await (const _ of ticks(50, undefined, {signal})) {
      if (knowsProcessUsage) largest = Math.max(largest, residentBytes(pid));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return largest;
}
