import {join} from 'node:path';
import {askRecorded} from '../ask.js';
import type {Bench, Row} from '../bench.js';
import {compareThroughput} from '../compare.js';
import type {Load} from '../load.js';
import {questionBodies, questionBody} from '../question.js';
import {writeCassette} from '../write-cassette.js';

const few = 10;

export const growth: Bench = {
  name: 'growth',
  summary: `a large cassette against one of ${few} interactions`,
  async *run({folder, effort, servers}) {
    const many = effort.manyInteractions;
    const small = join(folder, 'small.cassette');
    const large = join(folder, 'large.cassette');
    await writeCassette(small, {interactions: few, deltas: 40});
    await writeCassette(large, {interactions: many, deltas: 40});
    const againstServer = await servers.replay(small);
    const server = await servers.replay(large);
    await askRecorded(server, questionBody(many - 1));

    const compare = (what: string, load: Load, againstLoad = load): Promise<Row[]> =>
      compareThroughput(
        {
          what: `${few} to ${many} interactions, ${what}`,
          side: {server, load},
          against: {server: againstServer, load: againstLoad},
          target: 0.9,
        },
        effort,
      );
    const bodies = questionBodies(few);
    // White space at the end makes other bytes with the same key.
    const spellings = bodies.flatMap(body =>
      Array.from({length: 100}, (_, count) => body + ' '.repeat(count)),
    );
    const across = Array.from({length: 10_000}, (_, index) => questionBody((index * 7919) % many));
    yield* await compare('the same 10 requests', {bodies});
    yield* await compare('the same 1,000 requests', {bodies: spellings});
    yield* await compare('never seen before', {bodies, neverTheSame: true});
    yield* await compare(
      'never seen, from all over it',
      {bodies: across, neverTheSame: true},
      {bodies, neverTheSame: true},
    );
  },
};
