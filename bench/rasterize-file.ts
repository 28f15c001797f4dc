import {readFile} from 'node:fs/promises';
import {createRasterizer} from '../src/documents/rasterizer.js';
import type {Keep, RenderRequest} from '../src/documents/render.js';
import {peakBytes} from './process-usage.js';

/** The task of the process: its argument, as JSON. */
export type RasterizeTask = {
  readonly file: string;
  readonly keep: Keep;
  /** How often, sequentially. */
  readonly repeats: number;
  /** How many concurrent calls. */
  readonly callers: number;
};

/** The output of the process. */
export type RasterizeOutcome = {
  /** Of each repeat; the first one loads the modules. */
  readonly milliseconds: readonly number[];
  readonly pages: number;
  /** How many different renders the callers of the last repeat got. */
  readonly renders: number;
  /** The peak memory of the process. */
  readonly peakBytes: number;
};

const {file, keep, repeats, callers} = JSON.parse(process.argv[2] ?? '') as RasterizeTask;
const pdf = await readFile(file);
const rasterizer = createRasterizer({path: process.env['PATH'] ?? ''});
const milliseconds: number[] = [];
let pages = 0;
let renders = 0;
for (let repeat = 0; repeat < repeats; repeat++) {
  const startedAt = performance.now();
  const outcomes = await Promise.all(
    Array.from({length: callers}, () => {
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
  peakBytes: peakBytes(),
};
process.stdout.write(JSON.stringify(outcome));
