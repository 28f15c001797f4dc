import {createHash} from 'node:crypto';
import {createSharedWork} from '../async/share-work.js';
import {detectType} from '../media/media-type.js';
import {notAPdf} from '../media/pdf-header.js';
import type {PageRenderer} from './page-renderer.js';
import {pdfiumRenderer} from './pdfium/pdfium-renderer.js';
import {popplerRenderer} from './poppler/poppler-renderer.js';
import {rasterizerMissing} from './rasterizer-missing.js';
import type {Rasterizer, RasterizerOptions, Render, RenderRequest} from './render.js';
import {createProgramRunner} from './run-program.js';

/** A rasterizer that uses the first of the wanted renderers that is installed. */
export function chooseRenderer({use = 'auto', ...options}: RasterizerOptions): Rasterizer {
  const runner = createProgramRunner(options);
  const renderers: PageRenderer[] = [];
  if (use !== 'pdfium') renderers.push(popplerRenderer(runner, options));
  if (use !== 'pdftoppm') renderers.push(pdfiumRenderer(runner));
  const renders = createSharedWork<Render>();

  async function choose(): Promise<
    {readonly name: string; readonly renderer: PageRenderer} | readonly string[]
  > {
    const reasons: string[] = [];
    for (const renderer of renderers) {
      const found = await renderer.find();
      if (found.isInstalled) return {name: found.name, renderer};
      reasons.push(found.reason);
    }
    return reasons;
  }

  return {
    async rasterize(pdf, request) {
      if (detectType(pdf).kind !== 'pdf') throw notAPdf(pdf);
      return renders.join(renderId(pdf, request), request.signal, async signal => {
        const chosen = await choose();
        if (!('renderer' in chosen)) throw rasterizerMissing(chosen.join(', and '));
        return {renderer: chosen.name, ...(await chosen.renderer.render(pdf, {...request, signal}))};
      });
    },
    async renderer() {
      const chosen = await choose();
      return 'renderer' in chosen ? chosen.name : undefined;
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
