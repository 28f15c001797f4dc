import test from 'ava';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import {RetakeError} from '../../src/errors.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {encryptPdf} from '../support/documents/encrypt-pdf.js';
import {overstatedPages} from '../support/documents/pdf-bombs.js';
import {popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';

const rasterizer = createRasterizer({path: searchPath});
const onePage = () => buildPdf({pages: [textPage('One')]});

const refused: Record<string, {pdf: () => Uint8Array | Promise<Uint8Array>; says: RegExp}> = {
  'an empty file': {pdf: () => new Uint8Array(), says: /^Expected a PDF, but it is empty$/},
  'a file that is not a PDF': {
    pdf: () => Buffer.from('Dear Sir'),
    says: /^Expected a PDF, but these bytes are none/,
  },
  'a file with nothing but the header of a PDF': {
    pdf: () => Buffer.from('%PDF-1.7\nDear Sir'),
    says: /^The PDF is damaged: /,
  },
  'a PDF that needs a password': {
    pdf: async () => encryptPdf(await onePage(), {user: 'secret', owner: 'secret'}),
    says: /^The PDF is encrypted and opens only with a password$/,
  },
  'a PDF without pages': {
    pdf: () => buildPdf({pages: []}),
    says: /^Expected the PDF to have pages, but none can be found in it$/,
  },
  'more pages than the limit': {
    pdf: () => buildPdf({pages: Array.from({length: 101}, () => ({}))}),
    says: /^The PDF has more than 100 pages: 101$/,
  },
  'fewer pages than announced': {
    pdf: () => overstatedPages(3),
    says: /^The PDF is damaged: page 2 is announced, but missing$/,
  },
};

for (const [what, {pdf, says}] of Object.entries(refused))
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
