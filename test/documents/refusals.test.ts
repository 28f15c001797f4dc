import test from 'ava';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import {RetakeError} from '../../src/errors.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';
import {refusedPdfs} from '../support/documents/refused-pdfs.js';

const rasterizer = createRasterizer({path: searchPath});
const onePage = () => buildPdf({pages: [textPage('One')]});

for (const [what, {pdf, says}] of Object.entries(refusedPdfs))
  popplerTest(`${what}: refused with our own message`, async t => {
    const error = await t.throwsAsync(rasterize(rasterizer, await pdf()), {
      instanceOf: RetakeError,
      code: 'invalid_request',
      message: says,
    });
    t.notRegex(`${error?.message} ${(error as RetakeError).hint}`, /Syntax Error|Command Line|\/tmp|poppler/);
  });

popplerTest(
  'a truncated PDF is refused, unless poppler can repair it: then it has all its pages',
  async t => {
    const pdf = await buildPdf({pages: [textPage('One'), textPage('Two')]});
    const whole = await rasterize(rasterizer, pdf);
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const result = await rasterize(rasterizer, pdf.subarray(0, pdf.length * share)).catch(
        (error: RetakeError) => error.message,
      );
      if (typeof result === 'string')
        t.regex(result, /^(The PDF is damaged|Expected the PDF to have pages|Page \d of the PDF has a size)/);
      else t.deepEqual(result.pages, whole.pages);
    }
  },
);

popplerTest('a document at the page limit is rendered', async t => {
  const pdf = await buildPdf({pages: [{}, {}, {}]});
  t.is((await rasterize(rasterizer, pdf, {maxPages: 3})).pages.length, 3);
  await t.throwsAsync(rasterize(rasterizer, pdf, {maxPages: 2}), {
    message: 'The PDF has more than 2 pages: 3',
  });
});

popplerTest('a title that looks like a page count is ignored', async t => {
  const pdf = await buildPdf({pages: [{}, {}], title: 'x\nPages:           1\nPages:           3\n'});
  t.is((await rasterize(rasterizer, pdf)).pages.length, 2);
});

test('nothing is started for a client that has disconnected', async t => {
  const signal = AbortSignal.abort(new Error('gone'));
  await t.throwsAsync(rasterize(rasterizer, await onePage(), {signal}), {message: 'gone'});
});
