import {join} from 'node:path';
import {askRecorded} from '../ask.js';
import {askEach} from '../ask-each.js';
import type {Bench} from '../bench.js';
import {median} from '../median.js';
import {cpuSeconds, hasProcessUsage} from '../process-usage.js';
import {questionBodies} from '../question.js';
import type {ServerProcess} from '../servers/server-process.js';
import {writeCassette} from '../write-cassette.js';

const questions = 10_000;
const connections = 16;
const rounds = 3;

export const firstAsking: Bench = {
  name: 'first-asking',
  summary: `${questions} different recorded questions of 1 KB, each asked once, against a bare server that reads the body`,
  async run({folder, servers}) {
    const what = 'processor time of a first asking';
    if (!hasProcessUsage)
      return [{what, skipped: 'this system does not tell the processor time of a process'}];
    const cassette = join(folder, 'first-asking.cassette');
    await writeCassette(cassette, {interactions: questions, deltas: 40});
    const [first, ...others] = questionBodies(questions);
    const times: (readonly [ours: number, bare: number])[] = [];
    for (let round = 0; round < rounds; round++) {
      const retake = await servers.replay(cassette);
      const answer = await askRecorded(retake, first);
      const bare = await servers.bare({contentType: 'application/json', writes: [answer]});
      times.push([await timeEach(retake, others), await timeEach(bare, others)]);
      await Promise.all([retake.stop(), bare.stop()]);
    }
    return [
      {
        what,
        measured: median(times.map(([ours, bare]) => ours / bare)),
        unit: 'ratio',
        target: {atMost: 3},
        detail: times.map(([ours, bare]) => `${Math.round(ours)} µs to ${Math.round(bare)} µs`).join(', '),
      },
    ];
  },
};

/** Microseconds of the server's processor time for each request. */
async function timeEach({url, pid}: ServerProcess, bodies: readonly string[]): Promise<number> {
  const before = cpuSeconds(pid);
  await askEach(url, bodies, connections);
  return ((cpuSeconds(pid) - before) * 1e6) / bodies.length;
}
