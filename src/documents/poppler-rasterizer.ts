import {createHash} from 'node:crypto';
import {setMaxListeners} from 'node:events';
import {createSharedWork} from '../async/share-work.js';
import {detectType} from '../media/media-type.js';
import {notAPdf} from '../media/pdf-header.js';
import {countPages} from './poppler/count-pages.js';
import {extractText} from './poppler/extract-text.js';
import {findPoppler, type InstalledPoppler} from './poppler/installed-poppler.js';
import {missingFontWarning} from './poppler/missing-fonts.js';
import {popplerMissing} from './poppler/poppler-missing.js';
import {renderSlice} from './poppler/render-slice.js';
import {createProgramRunner, type ProgramRunner} from './poppler/run-program.js';
import type {Rasterizer, RasterizerOptions, Render, RenderedPage, RenderRequest} from './render.js';
import {slicesOf} from './slices.js';

/** A rasterizer that runs poppler's programs. */
export function popplerRasterizer(options: RasterizerOptions): Rasterizer {
  const installed = findPoppler(options);
  const runner = createProgramRunner(options);
  const renders = createSharedWork<Render>();
  return {
    async rasterize(pdf, request) {
      if (detectType(pdf).kind !== 'pdf') throw notAPdf(pdf);
      return renders.join(renderId(pdf, request), request.signal, async signal => {
        const renderer = rendererOf(await installed());
        return {renderer, ...(await renderDocument(runner, pdf, {...request, signal}))};
      });
    },
    async renderer() {
      const found = await installed();
      return found.kind === 'poppler' ? found.renderer : undefined;
    },
  };
}

/** Equal for the same bytes and the same options. */
function renderId(pdf: Uint8Array, {pageSize, maxPages, keep}: RenderRequest): string {
  const {png = false, thumbnail = false, text = false} = keep;
  return JSON.stringify([
    createHash('sha256').update(pdf).digest('hex'),
    pageSize,
    maxPages,
    png,
    thumbnail,
    text,
  ]);
}

function rendererOf(installed: InstalledPoppler): string {
  switch (installed.kind) {
    case 'poppler':
      return installed.renderer;
    case 'foreign':
      throw popplerMissing('the pdftoppm on PATH is another program, not that of poppler');
    case 'none':
      throw popplerMissing('there is no pdftoppm on PATH');
  }
}

/** Renders all slices of a document in parallel. If one fails, the others are stopped: a document needs all of its pages. */
async function renderDocument(
  runner: ProgramRunner,
  pdf: Uint8Array,
  {pageSize, maxPages, keep, signal: given}: RenderRequest,
): Promise<Pick<Render, 'pages' | 'warnings'>> {
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  // Each program of the document adds a listener, and there can be one program for each page.
  setMaxListeners(0, given, signal);
  const pages = await countPages(runner, {pdf, maxPages, signal});
  const slices = slicesOf(pages, runner.processes).map(slice =>
    renderSlice(runner, {pdf, slice, pageSize, keep, signal}),
  );
  const extraction = keep.text ? extractText(runner, {pdf, pages, signal}) : undefined;
  try {
    const [texts, ...rendered] = await Promise.all([extraction, ...slices]);
    const fonts = [...new Set(rendered.flatMap(({missingFonts}) => missingFonts))];
    return {
      pages: withTexts(
        rendered.flatMap(slice => slice.pages),
        texts,
      ),
      warnings: fonts.length > 0 ? [missingFontWarning(fonts)] : [],
    };
  } catch (error) {
    failed.abort();
    await Promise.allSettled([extraction, ...slices]);
    throw error;
  }
}

function withTexts(
  pages: readonly RenderedPage[],
  texts: readonly string[] | undefined,
): readonly RenderedPage[] {
  return texts ? pages.map((page, index) => ({...page, text: texts[index] ?? ''})) : pages;
}
