import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {createProxy} from '../../src/index.js';
import {openaiApi} from '../../test/support/attachments.js';
import {buildPdf} from '../../test/support/documents/build-pdf.js';
import {visionUpstream} from '../../test/support/vision-upstream.js';
import {askRecorded} from '../ask.js';
import type {Bench} from '../bench.js';
import {compareThroughput} from '../compare.js';

export const knownDocument: Bench = {
  name: 'known-document',
  summary: 'a recorded answer about a PDF of 1 MB, against a bare server that hashes the body',
  async *run({folder, effort, servers}) {
    const cassette = join(folder, 'known-document.cassette');
    const body = JSON.stringify(
      openaiApi.askAbout('What is it?', {bytes: await scanOf(1e6), mediaType: 'application/pdf'}),
    );
    await record(cassette, body);
    const retake = await servers.replay(cassette);
    const answer = await askRecorded(retake, body);
    const bare = await servers.bare({contentType: 'application/json', writes: [answer], hashes: true});
    const seen = {bodies: [body]};
    const unseen = {bodies: [body], neverTheSame: true};
    yield* await compareThroughput(
      {
        what: 'replay about a known PDF of 1 MB',
        side: {server: retake, load: seen},
        against: {server: bare, load: seen},
        target: 0.6,
      },
      effort,
    );
    yield* await compareThroughput(
      {
        what: 'the same, in a request with new bytes',
        side: {server: retake, load: unseen},
        against: {server: bare, load: unseen},
        target: 0.5,
      },
      effort,
    );
  },
};

/** A PDF with one page of image noise, which does not compress. */
async function scanOf(bytes: number): Promise<Uint8Array> {
  // Loaded here, so that the other cases run where sharp cannot be loaded.
  const {default: sharp} = await import('sharp');
  const side = Math.round(Math.sqrt(bytes / 3));
  const noise = sharp(randomBytes(side * side * 3), {raw: {width: side, height: side, channels: 3}});
  return buildPdf({pages: [{scan: await noise.png({compressionLevel: 0}).toBuffer()}]});
}

async function record(cassette: string, body: string): Promise<void> {
  const media = {rasterizer: {path: process.env['PATH'] ?? ''}};
  const proxy = await createProxy({cassette, mode: 'auto', upstream: visionUpstream(), media});
  try {
    const url = await proxy.listen();
    const headers = {'content-type': 'application/json'};
    const response = await fetch(url + openaiApi.path, {method: 'POST', headers, body});
    if (!response.ok) throw new Error(await response.text());
  } finally {
    await proxy.close();
  }
}
