import {join} from 'node:path';
import {askRecorded, splitEvents} from '../ask.js';
import type {Bench} from '../bench.js';
import {compareThroughput} from '../compare.js';
import {questionBodies} from '../question.js';
import {writeCassette} from '../write-cassette.js';

const contentType = 'text/event-stream';

export const stream: Bench = {
  name: 'stream',
  summary: 'a recorded stream of 100 chunks, against a bare server that writes the same bytes',
  async *run({folder, effort, servers}) {
    const cassette = join(folder, 'stream.cassette');
    await writeCassette(cassette, {interactions: 10, deltas: 100});
    const bodies = questionBodies(10, {stream: true});
    const retake = await servers.replay(cassette);
    const answer = await askRecorded(retake, bodies[0]);
    const inChunks = await servers.bare({contentType, writes: splitEvents(answer)});
    const atOnce = await servers.bare({contentType, writes: [answer]});
    const load = {bodies};
    const side = {server: retake, load};
    yield* await compareThroughput(
      {what: '100-chunk stream, to 100 writes', side, against: {server: inChunks, load}, target: 0.5},
      effort,
    );
    yield* await compareThroughput(
      {what: '100-chunk stream, to one write', side, against: {server: atOnce, load}, target: 0.5},
      effort,
    );
  },
};
