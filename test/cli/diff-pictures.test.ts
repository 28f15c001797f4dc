import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {geminiApi} from '../support/attachments.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {popplerTest} from '../support/documents/poppler.js';
import {retake} from '../support/retake.js';
import {visionUpstream} from '../support/vision-upstream.js';

popplerTest(
  'the diff page shows the pictures that both cassettes store, those before and those after the change',
  async t => {
    const folder = await temporaryFolder(t);
    const [before, after] = [join(folder, 'before.cassette'), join(folder, 'after.cassette')];
    await record(t, before, ['one', 'two']);
    await record(t, after, ['one', 'three']);
    const {stdout, exitCode} = await retake(t, ['diff', before, after, '--format', 'html']);
    t.is(exitCode, 1);
    t.regex(stdout, /page 2 of 2 looks different/);
    const pictures = [...stdout.matchAll(/src="(data:image\/webp;base64,[A-Za-z0-9+/=]+)"/g)].map(
      ([, source]) => source,
    );
    t.is(pictures.length, 4);
    t.is(pictures[0], pictures[2]);
    t.not(pictures[1], pictures[3]);
  },
);

async function record(t: ExecutionContext, cassette: string, pages: readonly string[]): Promise<void> {
  const {proxy, post} = await buildProxy(t, {cassette, upstream: visionUpstream({answer: 'A paper.'})});
  const bytes = await buildPdf({pages: pages.map(line => textPage(line))});
  const body = geminiApi.askAbout('What is this?', {bytes, mediaType: 'application/pdf'});
  t.is((await post(geminiApi.path, body)).status, 200);
  await proxy.close();
}
