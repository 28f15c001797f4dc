import {join} from 'node:path';
import {askRecorded} from '../ask.js';
import {askEach} from '../ask-each.js';
import type {Bench} from '../bench.js';
import {median} from '../median.js';
import {cpuSeconds, hasProcessUsage} from '../process-usage.js';
import {questionBodies} from '../question.js';
import type {Servers} from '../servers/create-servers.js';
import type {ServerProcess} from '../servers/server-process.js';
import {writeCassette} from '../write-cassette.js';

const questions = 10_000;
const connections = 16;
const rounds = 3;

export const firstAsking: Bench = {
  name: 'first-asking',
  summary: `${questions} different recorded questions of 1 KB, each asked once, against a bare server that reads the body and against aimock`,
  async run({folder, servers}) {
    const what = 'processor time of a first asking';
    if (!hasProcessUsage)
      return [{what, skipped: 'this system does not tell the processor time of a process'}];
    const cassette = join(folder, 'first-asking.cassette');
    await writeCassette(cassette, {interactions: questions, deltas: 40});
    const [first, ...others] = questionBodies(questions);
    const times: (readonly [ours: number, theirs: readonly number[]])[] = [];
    for (let round = 0; round < rounds; round++) {
      const retake = await servers.replay(cassette);
      const answer = await askRecorded(retake, first);
      const ours = await timeEach(retake, others);
      await retake.stop();
      const theirs: number[] = [];
      for (const {start} of opponents) {
        const server = await start(servers, answer);
        theirs.push(await timeEach(server, others));
        await server.stop();
      }
      times.push([ours, theirs]);
    }
    return opponents.map(({against, atMost}, index) => {
      const pairs = times.map(([ours, theirs]) => [ours, theirs[index] ?? Number.NaN] as const);
      return {
        what: against === undefined ? what : `the same, against ${against}`,
        measured: median(pairs.map(([ours, other]) => ours / other)),
        unit: 'ratio',
        target: {atMost},
        detail: pairs.map(([ours, other]) => `${Math.round(ours)} µs to ${Math.round(other)} µs`).join(', '),
      };
    });
  },
};

/** What retake is compared with: a bare server, and aimock, which tries its fixtures in turn. */
const opponents: readonly {
  readonly against?: string;
  readonly atMost: number;
  start(servers: Servers, answer: string): Promise<ServerProcess>;
}[] = [
  {
    atMost: 3,
    start: (servers, answer) => servers.bare({contentType: 'application/json', writes: [answer]}),
  },
  {
    against: 'aimock with one fixture',
    atMost: 1,
    start: (servers, answer) => servers.aimock({texts: ['Question'], content: contentOf(answer)}),
  },
  {
    against: 'aimock with a fixture for each question',
    atMost: 1,
    start: (servers, answer) =>
      servers.aimock({
        texts: Array.from({length: questions}, (_, number) => `Question ${number}. `),
        content: contentOf(answer),
      }),
  },
];

function contentOf(answer: string): string {
  const {choices} = JSON.parse(answer) as {choices: {message: {content: string}}[]};
  return choices[0]?.message.content ?? '';
}

/** Microseconds of the server's processor time for each request. */
async function timeEach({url, pid}: ServerProcess, bodies: readonly string[]): Promise<number> {
  const before = cpuSeconds(pid);
  await askEach(url, bodies, connections);
  return ((cpuSeconds(pid) - before) * 1e6) / bodies.length;
}
