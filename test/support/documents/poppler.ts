import test from 'ava';
import {createRasterizer} from '../../../src/documents/rasterizer.js';
import type {Rasterizer, Render, RenderRequest} from '../../../src/documents/render.js';

export const searchPath = process.env['PATH'] ?? '';

const isHere = (await createRasterizer({path: searchPath}).renderer()) !== undefined;

/** A test with the real poppler: skipped on a machine without it, and a failure in CI. */
export const popplerTest = isHere || process.env['CI'] ? test : test.skip;

/** Renders as a test needs it: with defaults, and only the digests kept. */
export function rasterize(
  rasterizer: Rasterizer,
  pdf: Uint8Array,
  request: Partial<RenderRequest> = {},
): Promise<Render> {
  return rasterizer.rasterize(pdf, {
    pageSize: 896,
    maxPages: 100,
    keep: {},
    signal: new AbortController().signal,
    ...request,
  });
}

export async function digestsOf(rasterizer: Rasterizer, pdf: Uint8Array): Promise<readonly string[]> {
  return (await rasterize(rasterizer, pdf)).pages.map(({digest}) => digest);
}
