import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import sharp from 'sharp';
import {geminiApi} from '../support/attachments.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {popplerTest} from '../support/documents/poppler.js';
import {retake} from '../support/retake.js';
import {visionUpstream} from '../support/vision-upstream.js';

const escapeCode = '\u001b';
const kittySequence = new RegExp(
  `${escapeCode}_G(?:a=T,f=100,q=2,)?m=([01]);([A-Za-z0-9+/=]*)${escapeCode}\\\\`,
  'g',
);

/** A cassette with one request, about a PDF of two pages and an image. */
async function aboutMedia(t: ExecutionContext): Promise<string> {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const proxy = await buildProxy(t, {cassette, upstream: visionUpstream({answer: 'A paper and a square.'})});
  const image = await sharp({create: {width: 400, height: 300, channels: 3, background: 'teal'}})
    .png()
    .toBuffer();
  const body = geminiApi.askAbout(
    'What are these?',
    {bytes: await buildPdf({pages: [textPage('one'), textPage('two')]}), mediaType: 'application/pdf'},
    {bytes: image, mediaType: 'image/png'},
  );
  t.is((await proxy.post(geminiApi.path, body)).status, 200);
  await proxy.proxy.close();
  return cassette;
}

popplerTest('show prints the document, its pages and their rasterizer, and the image', async t => {
  const cassette = await aboutMedia(t);
  const {stdout, exitCode} = await retake(t, ['show', '1', cassette]);
  t.is(exitCode, 0);
  t.regex(stdout, / {2}\[document of 2 pages\]\n {2}\[image [0-9a-f]{12}…\]/);
  t.regex(stdout, /page 1 of 2 {2}[0-9a-f]{12}… {2}\d+ × 896\n/);
  t.regex(stdout, /image {8}[0-9a-f]{12}… {2}400 × 300\n/);
  t.regex(stdout, /2 pages of the PDF [0-9a-f]{12}…, rasterized by pdftoppm \S+\n/);
  const {attachments} = JSON.parse((await retake(t, ['show', '1', cassette, '--json'])).stdout);
  t.like(attachments.documents[0], {pages: 2});
  t.deepEqual(
    attachments.items.map(({name, hasPicture}: {name: string; hasPicture: boolean}) => [name, hasPicture]),
    [
      ['page 1 of 2', true],
      ['page 2 of 2', true],
      ['image', true],
    ],
  );
});

popplerTest('show --open writes the images to a folder if the terminal cannot show them', async t => {
  const {stdout} = await retake(t, ['show', '1', await aboutMedia(t), '--open']);
  const folder = /3 thumbnails in (\S+)\n$/.exec(stdout)?.[1] ?? '';
  t.teardown(() => rm(folder, {recursive: true, force: true}));
  const names = await readdir(folder);
  t.deepEqual(names.sort(), ['001-page-1-of-2.webp', '002-page-2-of-2.webp', '003-image.jpeg']);
  for (const name of names) {
    const {width, height} = await sharp(await readFile(join(folder, name))).metadata();
    t.true(Math.max(width, height) === 200, name);
  }
});

popplerTest('show --open shows the images in a terminal that supports it', async t => {
  const cassette = await aboutMedia(t);
  const draw = (environment: Record<string, string>) =>
    retake(t, ['show', '1', cassette, '--open'], {terminal: 100, environment});
  const kitty = (await draw({TERM: 'xterm-kitty'})).stdout;
  const payload = [...kitty.matchAll(kittySequence)];
  t.is(payload.filter(([, more]) => more === '0').length, 3);
  const first = payload.slice(0, payload.findIndex(([, more]) => more === '0') + 1);
  const png = Buffer.from(first.map(([, , data]) => data).join(''), 'base64');
  t.is((await sharp(png).metadata()).format, 'png');
  const iterm = (await draw({TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app'})).stdout;
  t.is(iterm.split(`${escapeCode}]1337;File=inline=1;`).length - 1, 3);
  const inTmux = (await draw({TERM: 'xterm-kitty', TMUX: '/tmp/tmux'})).stdout;
  t.regex(inTmux, /3 thumbnails in \S+/);
  const folder = /in (\S+)/.exec(inTmux.slice(inTmux.lastIndexOf('3 thumbnails')))?.[1];
  if (folder) await rm(folder, {recursive: true, force: true});
});

popplerTest('a cassette without stored thumbnails is reported', async t => {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const proxy = await buildProxy(t, {
    cassette,
    upstream: visionUpstream(),
    media: {thumbnails: false, rasterizer: {path: process.env['PATH'] ?? ''}},
  });
  const pdf = {bytes: await buildPdf({pages: [textPage('one')]}), mediaType: 'application/pdf'};
  await proxy.post(geminiApi.path, geminiApi.askAbout('What?', pdf));
  await proxy.proxy.close();
  const {stdout} = await retake(t, ['show', '1', cassette, '--open']);
  t.regex(stdout, /page 1 of 1 {2}[0-9a-f]{12}… {2}no thumbnail\n/);
  t.regex(stdout, /The cassette has no thumbnails of this request\.\n$/);
});
