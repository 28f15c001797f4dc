import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {createRasterizer} from '../../src/documents/rasterizer.js';
import {buildPdf} from '../../test/support/documents/build-pdf.js';
import {paperPages} from '../../test/support/documents/paper-pages.js';
import type {Bench, Measurement} from '../bench.js';
import {median} from '../median.js';
import type {RasterizeOutcome, RasterizeTask} from '../rasterize-file.js';

const callers = 100;
const program = fileURLToPath(new URL('../rasterize-file.js', import.meta.url));

export const documents: Bench = {
  name: 'documents',
  summary: 'pages of new PDFs as dense as a scientific paper, rendered by pdftoppm',
  async run({folder, effort: {repeats}}) {
    const what = 'documents';
    const renderer = await createRasterizer({path: process.env['PATH'] ?? ''}).renderer();
    if (renderer === undefined) return [{what, skipped: 'poppler is not installed'}];
    const [paper, short, long] = await Promise.all(
      [14, 20, 200].map(async pages => {
        const file = join(folder, `${pages}-pages.pdf`);
        await writeFile(file, await buildPdf({pages: paperPages(pages)}));
        return file;
      }),
    );
    const asIs = {keep: {}, repeats: 1, callers: 1};
    const forLive = await rasterize(paper, {...asIs, keep: {png: true}, repeats});
    const forReview = await rasterize(paper, {
      ...asIs,
      keep: {png: true, thumbnail: true, text: true},
      repeats,
    });
    const book = await rasterize(long, {...asIs, repeats: Math.ceil(repeats / 3)});
    const fastest = Math.min(...book.milliseconds);
    const byOne = await draw(long, 1, 200);
    const byTwo = Math.max(...(await Promise.all([draw(long, 1, 100), draw(long, 101, 200)])));
    const [less, more] = [await rasterize(short, asIs), await rasterize(long, asIs)];
    const together = await rasterize(paper, {...asIs, keep: {png: true}, callers});
    return [
      {
        ...timed('14 pages as PNGs', forLive),
        target: {atMost: 350},
        detail: `${renderer}; the first time in a process ${forLive.milliseconds[0]?.toFixed(0)} ms`,
      },
      timed('14 pages as PNGs, thumbnails and text', forReview),
      timed('200 pages, only digests', book),
      {
        what: '200 pages, only digests, against pdftoppm itself',
        measured: fastest / byOne,
        unit: 'ratio',
        target: {atMost: 1.15},
        detail: `${fastest.toFixed(0)} to ${byOne.toFixed(0)} ms, which nobody reads; two side by side take ${byTwo.toFixed(0)} ms`,
      },
      {
        what: 'peak memory of 200 pages, more than of 20 by',
        measured: (more.peakBytes - less.peakBytes) / 1e6,
        unit: 'MB',
        detail: `${megabytes(more)} to ${megabytes(less)}; the pixels of 180 pages are 307 MB`,
      },
      {
        what: `${callers} concurrent requests for the same new PDF: renders`,
        measured: together.renders,
        unit: 'renders',
        target: {atMost: 1},
        detail: `in ${together.milliseconds[0]?.toFixed(0)} ms`,
      },
    ];
  },
};

/** Milliseconds that pdftoppm takes for pages that it writes to `/dev/null`. */
async function draw(file: string | undefined, first: number, last: number): Promise<number> {
  const startedAt = performance.now();
  const words = ['-cropbox', '-scale-to', '896', '-f', String(first), '-l', String(last), String(file)];
  await execa('pdftoppm', words, {stdout: 'ignore'});
  return performance.now() - startedAt;
}

/** In its own process, to measure its memory separately. */
async function rasterize(
  file: string | undefined,
  task: Omit<RasterizeTask, 'file'>,
): Promise<RasterizeOutcome> {
  const {stdout} = await execa(process.execPath, [program, JSON.stringify({file, ...task})]);
  return JSON.parse(stdout) as RasterizeOutcome;
}

function timed(what: string, {milliseconds}: RasterizeOutcome): Measurement {
  const [first, ...later] = milliseconds;
  const least = Math.min(...milliseconds);
  return {
    what,
    measured: median(later.length > 0 ? later : [first ?? Number.NaN]),
    unit: 'ms',
    detail: `the fastest took ${least.toFixed(0)} ms`,
  };
}

function megabytes({peakBytes}: RasterizeOutcome): string {
  return `${(peakBytes / 1e6).toFixed(0)} MB`;
}
