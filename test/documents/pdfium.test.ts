import {readFile} from 'node:fs/promises';
import {deflateSync} from 'node:zlib';
import test from 'ava';
import {execa} from 'execa';
import sharp from 'sharp';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import {RetakeError} from '../../src/errors.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {encryptPdf} from '../support/documents/encrypt-pdf.js';
import {bombs} from '../support/documents/pdf-bombs.js';
import {variants} from '../support/documents/pdf-variants.js';
import {digestsOf, popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';
import {refusedPdfs} from '../support/documents/refused-pdfs.js';
import {writePdf} from '../support/documents/write-pdf.js';
import {eventually} from '../support/eventually.js';

const rasterizer = createRasterizer({path: '', use: 'pdfium'});

test('without poppler, `auto` uses PDFium, and says so with its version', async t => {
  const auto = createRasterizer({path: ''});
  t.regex((await auto.renderer()) ?? '', /^pdfium \d+\.\d+\.\d+$/);
  const {renderer} = await rasterize(auto, await readFile('examples/documents/invoice.pdf'));
  t.is(renderer, (await auto.renderer()) ?? '');
});

popplerTest('with poppler, `auto` uses it, and `pdfium` does not', async t => {
  t.regex((await createRasterizer({path: searchPath}).renderer()) ?? '', /^pdftoppm /);
  t.regex((await createRasterizer({path: searchPath, use: 'pdfium'}).renderer()) ?? '', /^pdfium /);
});

test('the invoice of the README: its text, and a page with ink on white', async t => {
  const invoice = await readFile('examples/documents/invoice.pdf');
  const {pages, warnings} = await rasterize(rasterizer, invoice, {
    keep: {png: true, thumbnail: true, text: true},
  });
  t.deepEqual(warnings, []);
  t.is(pages.length, 1);
  const [page] = pages;
  t.regex(
    page?.text ?? '',
    /^Invoice 2026-117\nHarbour Bakery, Bergen\n(.*\n)*To be paid by 15 December 2026\.\n$/,
  );
  t.is(page?.height, 896);
  t.truthy(page?.thumbnail);
  const {channels} = await sharp(page?.png).toColourspace('srgb').stats();
  t.is(channels[0]?.max, 255);
  t.true((channels[0]?.min ?? 255) < 64, 'there is ink');
  t.true((channels[0]?.mean ?? 0) > 240, 'most of it is white');
});

popplerTest('both rasterizers draw nearly the same page', async t => {
  const pdf = await buildPdf({pages: [{lines: ['One', 'Two'], figure: true}, textPage('Rotated')]});
  const keep = {png: true};
  const drawn = await Promise.all(
    (['pdftoppm', 'pdfium'] as const).map(use =>
      rasterize(createRasterizer({path: searchPath, use}), pdf, {keep}),
    ),
  );
  for (const index of [0, 1]) {
    const [poppler, pdfium] = await Promise.all(
      drawn.map(async ({pages}) =>
        sharp(pages[index]?.png)
          .toColourspace('srgb')
          .removeAlpha()
          .resize(60, 80, {fit: 'fill'})
          .raw()
          .toBuffer(),
      ),
    );
    const differences = [...(poppler ?? [])].map((value, at) => Math.abs(value - (pdfium?.[at] ?? 0)));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    t.true(mean < 3, `page ${index + 1} differs by ${mean}`);
  }
});

test('a document with other metadata or other encoding has the same pages; another page has another digest', async t => {
  const pdf = await buildPdf({pages: [textPage('One'), textPage('Two')]});
  const digests = await digestsOf(rasterizer, pdf);
  t.is(new Set(digests).size, 2);
  for (const [name, vary] of Object.entries(variants))
    t.deepEqual(await digestsOf(rasterizer, await vary(pdf)), digests, name);
  t.notDeepEqual(
    await digestsOf(rasterizer, await buildPdf({pages: [textPage('One'), textPage('Too')]})),
    digests,
  );
});

for (const [what, {pdf, says}] of Object.entries(refusedPdfs))
  test(`${what}: refused by PDFium with our own message`, async t => {
    const error = await t.throwsAsync(rasterize(rasterizer, await pdf(), {keep: {text: true}}), {
      instanceOf: RetakeError,
      code: 'invalid_request',
      message: says,
    });
    t.notRegex(`${error?.message} ${(error as RetakeError).hint}`, /\/tmp|node:|wasm|exit/i);
  });

test('a PDF that only restricts what its reader may do is rendered', async t => {
  const pdf = await encryptPdf(await buildPdf({pages: [textPage('One')]}), {user: '', owner: 'secret'});
  const {pages} = await rasterize(rasterizer, pdf, {keep: {text: true}});
  t.regex(pages[0]?.text ?? '', /One/);
});

test('200 pages are refused at the default limit, and rendered in order with a higher one', async t => {
  const pdf = await buildPdf({
    pages: Array.from({length: 200}, (_, index) => textPage(`Page number ${index + 1}`)),
  });
  await t.throwsAsync(rasterize(rasterizer, pdf), {message: 'The PDF has more than 100 pages: 200'});
  const patient = createRasterizer({path: '', use: 'pdfium', timeout: 100_000});
  const {pages} = await rasterize(patient, pdf, {maxPages: 200, pageSize: 256, keep: {text: true}});
  t.deepEqual(
    pages.map(({text = ''}) => text.trim()),
    Array.from({length: 200}, (_, index) => `Page number ${index + 1}`),
  );
});

test.serial('bombs: an answer or an error, in bounded time, and no process is left', async t => {
  const bounded = createRasterizer({path: '', use: 'pdfium', timeout: 5000});
  for (const [what, build] of Object.entries(bombs)) {
    const end = await rasterize(bounded, await build()).then(
      ({pages}) => `${pages.length} page`,
      (error: Error) => error.message,
    );
    t.regex(end, /^(1 page|The PDF took longer than 5 s to render|The PDF is damaged: .*)$/, what);
    t.deepEqual(await pdfiumProcesses(), [], what);
  }
});

test.serial('an abort ends the process', async t => {
  const patient = createRasterizer({path: '', use: 'pdfium', timeout: 600_000});
  const leaving = new AbortController();
  const bomb = bombs['forms nested a thousand million times']();
  const drawing = rasterize(patient, bomb, {signal: leaving.signal});
  drawing.catch(() => {});
  await eventually('it is being drawn', async () => (await pdfiumProcesses()).length === 1);
  leaving.abort(new Error('gone'));
  await t.throwsAsync(drawing, {message: 'gone'});
  await eventually('its process has ended', async () => (await pdfiumProcesses()).length === 0);
});

test('memory is limited: an image that is larger than the limit ends the process', async t => {
  const pdf = hugeImage(40_000, 40_000);
  const end = await rasterize(rasterizer, pdf).then(
    ({pages}) => `${pages.length} page`,
    (error: Error) => error.message,
  );
  t.regex(end, /^(1 page|The PDF (is damaged: |took longer).*)$/);
});

/** The children of this process that read a PDF. */
async function pdfiumProcesses(): Promise<readonly string[]> {
  const {stdout} = await execa('ps', ['-A', '-o', 'ppid=,stat=,args=']);
  return stdout
    .split('\n')
    .map(line => line.trim())
    .filter(
      line => line.startsWith(`${process.pid} `) && line.includes('read-pdf.mjs') && !/^\d+ Z/.test(line),
    );
}

/** A page with a grey image of this size, all of it one run of zeros. */
function hugeImage(width: number, height: number): Uint8Array {
  return writePdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 500] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>',
    {dictionary: '', data: Buffer.from('500 0 0 500 0 0 cm /I Do')},
    {
      dictionary: `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode`,
      data: deflateSync(Buffer.alloc(50_000_000)),
    },
  ]);
}
