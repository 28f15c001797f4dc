import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import sharp from 'sharp';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import {buildPdf, type PdfPage, textPage} from '../support/documents/build-pdf.js';
import {encryptPdf} from '../support/documents/encrypt-pdf.js';
import {variants} from '../support/documents/pdf-variants.js';
import {digestsOf, popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';

const rasterizer = createRasterizer({path: searchPath});
const twoPages = [textPage('Invoice 4711', 'Total 12.50 EUR'), textPage('Terms and conditions')];

popplerTest('the rasterizer reports its version', async t => {
  t.regex((await rasterizer.renderer()) ?? '', /^pdftoppm \d+\.\d+\.\d+$/);
});

popplerTest('each page has the digest of its pixels, which are those of its PNG', async t => {
  const pdf = await buildPdf({pages: [...twoPages, {lines: ['In colour'], figure: true}]});
  const {pages, warnings, renderer} = await rasterize(rasterizer, pdf, {keep: {png: true}});
  t.is(pages.length, 3);
  t.is(await rasterizer.renderer(), renderer);
  t.deepEqual(warnings, []);
  for (const {digest, width, height, png} of pages) {
    t.is(Math.max(width, height), 896);
    t.is(await digestOfPng(png), digest);
  }
});

popplerTest('a page without colour is a PNG of one channel', async t => {
  const pdf = await buildPdf({pages: [textPage('Black on white'), {figure: true}]});
  const {pages} = await rasterize(rasterizer, pdf, {keep: {png: true}});
  t.deepEqual(await Promise.all(pages.map(({png}) => channelsOf(png))), [1, 3]);
});

popplerTest('only the requested results are created', async t => {
  const pdf = await buildPdf({pages: [textPage('One')]});
  const [bare] = (await rasterize(rasterizer, pdf)).pages;
  t.deepEqual(Object.keys(bare ?? {}).sort(), ['digest', 'height', 'width']);
  const [full] = (await rasterize(rasterizer, pdf, {keep: {png: true, text: true, thumbnail: true}})).pages;
  t.is(full?.digest, bare?.digest);
  t.deepEqual(Object.keys(full ?? {}).sort(), ['digest', 'height', 'png', 'text', 'thumbnail', 'width']);
});

popplerTest('a thumbnail fits into 200 by 200 pixels and is small', async t => {
  const lines = Array.from(
    {length: 50},
    (_, index) => `${index} The quick brown fox jumps over the lazy dog.`,
  );
  const pdf = await buildPdf({pages: [{lines, figure: true}, {size: [2, 1400]}]});
  const {pages} = await rasterize(rasterizer, pdf, {keep: {thumbnail: true}});
  for (const {thumbnail} of pages) {
    const {format, width = 0, height = 0} = await sharp(thumbnail?.bytes).metadata();
    t.is(thumbnail?.mediaType, `image/${format}`);
    t.is(Math.max(width, height), 200);
    t.true((thumbnail?.bytes.length ?? Number.POSITIVE_INFINITY) < 10_000);
  }
});

popplerTest('each page has its own text', async t => {
  const pdf = await buildPdf({pages: [...twoPages, {}, textPage('Größe: 5 µm, €')]});
  const {pages} = await rasterize(rasterizer, pdf, {keep: {text: true}});
  t.deepEqual(
    pages.map(({text}) => text),
    ['Invoice 4711\nTotal 12.50 EUR\n', 'Terms and conditions\n', '', 'Größe: 5 µm, €\n'],
  );
});

popplerTest('the page size is an option, and different pixels have different digests', async t => {
  const pdf = await buildPdf({pages: [textPage('One')]});
  const [large] = (await rasterize(rasterizer, pdf, {pageSize: 1568})).pages;
  t.is(large?.height, 1568);
  t.not(large?.digest, (await digestsOf(rasterizer, pdf))[0]);
});

popplerTest('a page looks as in a viewer: rotated, cropped, with annotations and fields', async t => {
  const drawn = async (page: PdfPage) => {
    const [first] = (await rasterize(rasterizer, await buildPdf({pages: [page]}))).pages;
    return first;
  };
  const plain = await drawn({lines: ['Text']});
  const turned = await drawn({lines: ['Text'], rotation: 90});
  t.deepEqual([turned?.width, turned?.height], [plain?.height, plain?.width]);
  const cropped = await drawn({lines: ['Text'], cropBox: [0, 542, 300, 300]});
  t.deepEqual([cropped?.width, cropped?.height], [896, 896]);
  const digests = [
    plain,
    cropped,
    turned,
    await drawn({lines: ['Text'], note: 'A note'}),
    await drawn({lines: ['Text'], field: 'Filled in'}),
    await drawn({lines: ['Text'], field: 'Filled out'}),
  ].map(page => page?.digest);
  t.is(new Set(digests).size, digests.length);
});

popplerTest('a scan has pixels and no text', async t => {
  const scan = await sharp({create: {width: 50, height: 70, channels: 3, background: '#7a3'}})
    .png()
    .toBuffer();
  const [page] = (await rasterize(rasterizer, await buildPdf({pages: [{scan}]}), {keep: {text: true}})).pages;
  t.is(page?.text, '');
  t.not(page?.digest, (await digestsOf(rasterizer, await buildPdf({pages: [{}]})))[0]);
});

popplerTest('long documents are rendered in slices, in page order', async t => {
  const pages = Array.from({length: 45}, (_, index) => textPage(`Page ${index + 1}`));
  const pdf = await buildPdf({pages});
  const inSlices = await rasterize(createRasterizer({path: searchPath, processes: 4}), pdf, {
    keep: {text: true},
  });
  const inOne = await rasterize(createRasterizer({path: searchPath, processes: 1}), pdf, {
    keep: {text: true},
  });
  t.deepEqual(inSlices, inOne);
  t.deepEqual(
    inSlices.pages.map(({text}) => text),
    pages.map((_, index) => `Page ${index + 1}\n`),
  );
});

for (const [what, vary] of Object.entries(variants))
  popplerTest(`${what}: different bytes, the same pages`, async t => {
    const pdf = await buildPdf({pages: twoPages});
    const variant = await vary(pdf);
    t.notDeepEqual(variant, pdf);
    t.deepEqual(await digestsOf(rasterizer, variant), await digestsOf(rasterizer, pdf));
  });

popplerTest('a document with only an owner password has the same pages', async t => {
  const pdf = await buildPdf({pages: twoPages});
  const encrypted = await encryptPdf(pdf, {user: '', owner: 'secret'});
  t.false(Buffer.from(encrypted).includes('Untitled'));
  t.deepEqual(await digestsOf(rasterizer, encrypted), await digestsOf(rasterizer, pdf));
});

popplerTest(
  'changes of metadata, object order and compression, in any combination, leave the pages the same',
  async t => {
    const {
      'leading junk': leadingJunk,
      'trailing junk': trailingJunk,
      'an incremental update of its metadata': update,
      ...resaving
    } = variants;
    const pdf = await buildPdf({pages: twoPages});
    const digests = await digestsOf(rasterizer, pdf);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Object.values(resaving)),
        fc.constantFrom(leadingJunk, trailingJunk, update, (bytes: Uint8Array) => bytes),
        async (changes, last) => {
          let changed = pdf;
          for (const change of changes) changed = await change(changed);
          t.deepEqual(await digestsOf(rasterizer, await last(changed)), digests);
        },
      ),
      {numRuns: 15},
    );
  },
);

popplerTest('one visible glyph changes the digest of its page and of no other', async t => {
  const glyph = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  const line = fc.array(glyph, {minLength: 1, maxLength: 30});
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, {minLength: 1, maxLength: 3}),
      fc.nat(),
      fc.nat(),
      glyph,
      async (lines, page, column, other) => {
        const changedPage = page % lines.length;
        const changedColumn = column % (lines[changedPage]?.length ?? 1);
        fc.pre(lines[changedPage]?.[changedColumn] !== other);
        const changed = lines.map((glyphs, index) =>
          index === changedPage ? glyphs.with(changedColumn, other) : glyphs,
        );
        const pagesOf = (all: readonly string[][]) => all.map(glyphs => textPage(glyphs.join('')));
        const before = await digestsOf(rasterizer, await buildPdf({pages: pagesOf(lines)}));
        const after = await digestsOf(rasterizer, await buildPdf({pages: pagesOf(changed)}));
        t.deepEqual(
          after.map((digest, index) => digest !== before[index]),
          lines.map((_, index) => index === changedPage),
        );
      },
    ),
    {numRuns: 20},
  );
});

test('without a rasterizer, a PDF that must be rendered is an error that says what to install', async t => {
  const elsewhere = createRasterizer({path: '/nonexistent', use: 'pdftoppm'});
  t.is(await elsewhere.renderer(), undefined);
  const pdf = await buildPdf({pages: twoPages});
  const error = await t.throwsAsync(rasterize(elsewhere, pdf), {
    code: 'rasterizer_missing',
    message: 'A PDF has to be rendered, but there is no pdftoppm on PATH',
  });
  t.like(error, {status: 501, retryable: false});
  t.regex((error as unknown as {hint: string}).hint, /apt install poppler-utils.*brew install poppler/);
  await t.throwsAsync(rasterize(elsewhere, Buffer.from('no PDF')), {code: 'invalid_request'});
});

async function digestOfPng(png: Uint8Array | undefined): Promise<string> {
  const {data, info} = await sharp(png)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({resolveWithObject: true});
  return createHash('sha256').update(`rgb8 ${info.width} ${info.height}\n`).update(data).digest('hex');
}

async function channelsOf(png: Uint8Array | undefined): Promise<number | undefined> {
  return (await sharp(png).metadata()).channels;
}
