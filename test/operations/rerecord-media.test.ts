import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import sharp from 'sharp';
import {rerecordCassette} from '../../src/operations/rerecord-cassette.js';
import {geminiApi} from '../support/attachments.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {popplerTest} from '../support/documents/poppler.js';
import {type VisionInput, type VisionUpstream, visionUpstream} from '../support/vision-upstream.js';

/** Records a question about a PDF of two pages and an image, and sends it again using only the cassette. */
async function askTwice(t: ExecutionContext, originals: boolean) {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const first = visionUpstream({answer: 'A paper and a square.'});
  const rasterizer = {path: process.env['PATH'] ?? ''};
  const {proxy, post} = await buildProxy(t, {
    cassette,
    upstream: first,
    media: {rasterizer, originals},
  });
  const image = await sharp({create: {width: 40, height: 30, channels: 3, background: 'teal'}})
    .png()
    .toBuffer();
  const pdf = await buildPdf({pages: [textPage('one'), textPage('two')]});
  const body = geminiApi.askAbout(
    'What are these?',
    {bytes: pdf, mediaType: 'application/pdf'},
    {bytes: image, mediaType: 'image/png'},
  );
  t.is((await post(geminiApi.path, body)).status, 200);
  await proxy.close();
  const second: VisionUpstream = visionUpstream({answer: 'Something else.'});
  const report = await rerecordCassette({
    ...{
      path: cassette,
      model: second.model,
      modelName: 'seeing',
      isDrift: true,
      withPlaceholders: false,
      rasterizer,
    },
    signal: new AbortController().signal,
  });
  return {report, first: first.seen, second: second.seen};
}

popplerTest('attachments stored in full are sent to the model again, byte for byte', async t => {
  const {report, first, second} = await askTwice(t, true);
  t.like(report, {asked: 1, skipped: [], failed: []});
  t.is(report.changes.length, 1);
  t.is(first[0]?.length, 4);
  t.deepEqual(second.map(shown), first.map(shown));
});

popplerTest('a request whose attachments are not stored in full is named and skipped', async t => {
  const {report, second} = await askTwice(t, false);
  t.is(report.asked, 0);
  t.regex(report.skipped[0]?.reason ?? '', /not stored in full/);
  t.deepEqual(second, []);
});

function shown(sights: readonly VisionInput[]): readonly string[] {
  return sights.map(sight =>
    sight.kind === 'text' ? sight.text : Buffer.from(sight.bytes).toString('base64'),
  );
}
