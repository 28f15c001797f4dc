import {join} from 'node:path';
import {askRecorded} from '../ask.js';
import type {Bench} from '../bench.js';
import {compareThroughput} from '../compare.js';
import {questionBodies} from '../question.js';
import {writeCassette} from '../write-cassette.js';

export const unary: Bench = {
  name: 'unary',
  summary: 'a recorded answer, 1 KB in and 0.7 KB out, against a bare server that answers a constant',
  async run({folder, effort, servers}) {
    const cassette = join(folder, 'unary.cassette');
    await writeCassette(cassette, {interactions: 10, deltas: 40});
    const bodies = questionBodies(10);
    const retake = await servers.replay(cassette);
    const answer = await askRecorded(retake, bodies[0]);
    const bare = await servers.bare({contentType: 'application/json', writes: [answer]});
    const load = {bodies};
    return compareThroughput(
      {what: 'unary replay', side: {server: retake, load}, against: {server: bare, load}, target: 0.85},
      effort,
    );
  },
};
