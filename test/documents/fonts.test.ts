import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import type {Rasterizer} from '../../src/documents/render.js';
import {buildPdf} from '../support/documents/build-pdf.js';
import {digestsOf, popplerTest, rasterize, searchPath} from '../support/documents/poppler.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const here = createRasterizer({path: searchPath});

/** A rasterizer that finds no font, as in a container without fonts. */
async function withoutFonts(t: ExecutionContext): Promise<Rasterizer> {
  const folder = await temporaryFolder(t);
  const configuration = join(folder, 'fonts.conf');
  await writeFile(configuration, `<fontconfig><cachedir>${folder}</cachedir></fontconfig>`);
  return createRasterizer({path: searchPath, environment: {FONTCONFIG_FILE: configuration}});
}

popplerTest(
  'a font that is neither embedded nor installed causes a warning: the page is rendered without its text',
  async t => {
    const pdf = await buildPdf({
      pages: [
        {lines: ['Seen'], font: 'base-14'},
        {lines: ['Seen'], font: 'embedded'},
      ],
    });
    const {pages, warnings} = await rasterize(await withoutFonts(t), pdf);
    t.is(warnings.length, 1);
    t.regex(
      warnings[0] ?? '',
      /^No font was found for `Helvetica`, which the PDF does not embed.*apt install/,
    );
    const empty = await digestsOf(here, await buildPdf({pages: [{}]}));
    t.is(pages[0]?.digest, empty[0]);
    t.not(pages[1]?.digest, empty[0]);
  },
);

popplerTest('different fonts give different pages, unless the document embeds its own', async t => {
  const elsewhere = await withoutFonts(t);
  const embedding = await buildPdf({pages: [{lines: ['The same everywhere'], font: 'embedded'}]});
  t.deepEqual(await digestsOf(elsewhere, embedding), await digestsOf(here, embedding));
  const relying = await buildPdf({pages: [{lines: ['Not the same everywhere'], font: 'base-14'}]});
  t.notDeepEqual(await digestsOf(elsewhere, relying), await digestsOf(here, relying));
});
