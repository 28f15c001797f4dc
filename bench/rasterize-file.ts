import {readFile} from 'node:fs/promises';
import {createRasterizer} from '../src/documents/rasterizer.js';
import type {Keep, RenderRequest} from '../src/documents/render.js';

/** The job for a separate process, as its argument in JSON. */
export type RasterizeTask = {
  readonly file: string;
  readonly keep: Keep;
  /** The number of repeats, in sequence. */
  readonly repeats: number;
  /** The number of parallel callers. */
  readonly askers: number;
};

/** The result, printed as JSON. */
export type RasterizeOutcome = {
  /** One entry for each repeat; the first one includes loading. */
  readonly milliseconds: readonly number[];
  readonly pages: number;
  /** The number of different renders that the callers of the last repeat got. */
  readonly renders: number;
  /** The peak memory of this process. */
  readonly peakBytes: number;
};

const {file, keep, repeats, askers} = JSON.parse(process.argv[2] ?? '') as RasterizeTask;
const pdf = await readFile(file);
const rasterizer = createRasterizer({path: process.env['PATH'] ?? ''});
const milliseconds: number[] = [];
let pages = 0;
let renders = 0;
for (let repeat = 0; repeat < repeats; repeat++) {
  const startedAt = performance.now();
  const outcomes = await Promise.all(
    Array.from({length: askers}, () => {
      const request: RenderRequest = {
        pageSize: 896,
        maxPages: 1000,
        keep,
        signal: new AbortController().signal,
      };
      return rasterizer.rasterize(pdf, request);
    }),
  );
  milliseconds.push(performance.now() - startedAt);
  pages = outcomes[0]?.pages.length ?? 0;
  renders = new Set(outcomes).size;
}
const outcome: RasterizeOutcome = {
  milliseconds,
  pages,
  renders,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(outcome));
