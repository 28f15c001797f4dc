import {join} from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import {geminiApi, openaiApi} from '../../support/attachments.js';
import {buildProxy} from '../../support/build-proxy.js';
import {buildPdf, textPage} from '../../support/documents/build-pdf.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {visionUpstream} from '../../support/vision-upstream.js';
import {openInspector} from './inspected.js';

const picture = (background: string) =>
  sharp({create: {width: 40, height: 30, channels: 3, background}})
    .png()
    .toBuffer();

test('a conversation shows its pictures and the pages of its documents', async t => {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const upstream = visionUpstream({answer: 'I see it.'});
  const {url, post} = await buildProxy(t, {cassette, upstream, mode: 'auto'});
  const pdf = await buildPdf({pages: [textPage('first page'), textPage('second page')]});
  const attached = [
    {bytes: await picture('red'), mediaType: 'image/png'},
    {bytes: pdf, mediaType: 'application/pdf'},
  ];
  t.is((await post(geminiApi.path, geminiApi.askAbout('What is this?', ...attached))).status, 200);
  const {page, troubles} = await openInspector(t, `${url}/#requests/1`);
  await page.locator('.answer pre', {hasText: 'I see it.'}).waitFor();
  const captions = page.locator('#requests figcaption');
  t.deepEqual(await captions.allTextContents(), ['image', 'page 1 of 2', 'page 2 of 2']);
  const sizes = await page.evaluate(
    '[...document.querySelectorAll("#requests figure img")].map(image => image.naturalWidth > 0)',
  );
  t.deepEqual(sizes, [true, true, true]);
  t.deepEqual(troubles, []);
});

test('a miss shows the recorded picture beside the one that was asked about', async t => {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const upstream = visionUpstream({answer: 'I see it.'});
  const {url, post} = await buildProxy(t, {cassette, upstream, mode: 'replay', allowModeOverride: true});
  const askAbout = async (background: string, headers: Record<string, string> = {}) => {
    const bytes = await picture(background);
    const uri = `data:image/png;base64,${bytes.toString('base64')}`;
    return post(openaiApi.path, openaiApi.askAbout('What is this?', {uri, mediaType: 'image/png'}), headers);
  };
  t.is((await askAbout('red', {'x-retake-mode': 'auto'})).status, 200);
  t.is((await askAbout('blue')).status, 400);
  const {page, troubles} = await openInspector(t, `${url}/#requests/2`);
  await page.locator('#requests .differences').waitFor();
  t.deepEqual(await page.locator('#requests .media h4').allTextContents(), ['recorded', 'asked']);
  const colours = await page.evaluate(`Promise.all(
    [...document.querySelectorAll('#requests figure img')].map(async image => {
      await image.decode();
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const [red, , blue] = context.getImageData(5, 5, 1, 1).data;
      return red > blue ? 'red' : 'blue';
    }),
  )`);
  t.deepEqual(colours, ['red', 'blue']);
  t.deepEqual(troubles, []);
});
