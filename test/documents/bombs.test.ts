import {createRasterizer} from '../../src/documents/rasterizer.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {countedPdftoppm} from '../support/documents/fake-pdftoppm.js';
import {bombs} from '../support/documents/pdf-bombs.js';
import {popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';
import {eventually} from '../support/eventually.js';

/** Longer than any test. */
const long = 600_000;

for (const size of ['a page of 144,000 by 144,000 points', 'a page of 200 by 200 inches'] as const)
  popplerTest(`${size} has as many pixels as any other page`, async t => {
    const {pages} = await rasterize(createRasterizer({path: searchPath}), bombs[size](), {keep: {png: true}});
    t.is(pages.length, 1);
    for (const {width, height} of pages) t.true(Math.max(width, height) <= 897);
  });

for (const [what, build] of Object.entries(bombs))
  popplerTest(`${what}: an answer or an error, in bounded time, and no process is left`, async t => {
    const {rasterizer, started, running} = await countedPdftoppm(t, {timeout: 3000});
    const end = await rasterize(rasterizer, await build()).then(
      ({pages}) => `${pages.length} page`,
      (error: Error) => error.message,
    );
    t.true(['1 page', 'The PDF took longer than 3 s to render'].includes(end), end);
    t.true(started().length <= 1);
    t.deepEqual(running(), []);
  });

popplerTest('while a bomb is rendered, other documents are rendered as well', async t => {
  const {rasterizer, running} = await countedPdftoppm(t, {processes: 2, timeout: long});
  const leaving = new AbortController();
  const bomb = bombs['forms nested a thousand million times']();
  const blown = rasterize(rasterizer, bomb, {signal: leaving.signal});
  await eventually('the bomb is being drawn', () => running().length === 1);
  for (const word of ['One', 'Two', 'Three']) {
    const {pages} = await rasterize(rasterizer, await buildPdf({pages: [textPage(word)]}));
    t.is(pages.length, 1);
  }
  t.is(running().length, 1);
  leaving.abort(new Error('gone'));
  await t.throwsAsync(blown, {message: 'gone'});
  await eventually('its process has ended', () => running().length === 0);
});
