import {setMaxListeners} from 'node:events';
import {unreachable} from '../../errors.js';
import type {PageRenderer} from '../page-renderer.js';
import type {RasterizerOptions, Render, RenderedPage, RenderRequest} from '../render.js';
import type {ProgramRunner} from '../run-program.js';
import {slicesOf} from '../slices.js';
import {countPages} from './count-pages.js';
import {extractText} from './extract-text.js';
import {findPoppler} from './installed-poppler.js';
import {missingFontWarning} from './missing-fonts.js';
import {renderSlice} from './render-slice.js';

/** Renders PDFs with poppler's programs. */
export function popplerRenderer(
  runner: ProgramRunner,
  options: Pick<RasterizerOptions, 'path' | 'environment'>,
): PageRenderer {
  const installed = findPoppler(options);
  return {
    async find() {
      const found = await installed();
      switch (found.kind) {
        case 'poppler':
          return {isInstalled: true, name: found.renderer};
        case 'foreign':
          return {isInstalled: false, reason: 'the pdftoppm on PATH is another program, not that of poppler'};
        case 'none':
          return {isInstalled: false, reason: 'there is no pdftoppm on PATH'};
        default:
          return unreachable(found);
      }
    },
    render: (pdf, request) => renderDocument(runner, pdf, request),
  };
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
