import {parseFrames} from '../parse-frames.js';
import {damagedPdf} from '../pdf-errors.js';
import {readPages} from '../read-pages.js';
import type {Keep, RenderedPage} from '../render.js';
import type {ProgramRunner} from '../run-program.js';
import type {Slice} from '../slices.js';
import {missingFonts} from './missing-fonts.js';
import {programFailure} from './program-failure.js';

export type RenderedSlice = {
  readonly pages: readonly RenderedPage[];
  readonly missingFonts: readonly string[];
};

/**
 * Renders a slice of a PDF with one pdftoppm. The long side is given instead of a resolution, which bounds memory whatever size a page
 * claims. The crop box is what a viewer shows. Without a file name, pdftoppm writes all pages to stdout.
 */
export async function renderSlice(
  runner: ProgramRunner,
  {
    pdf,
    slice: {first, last},
    pageSize,
    keep,
    signal,
  }: {pdf: Uint8Array; slice: Slice; pageSize: number; keep: Keep; signal: AbortSignal},
): Promise<RenderedSlice> {
  const end = await runner.run({
    program: 'pdftoppm',
    arguments: ['-cropbox', '-scale-to', String(pageSize), '-f', String(first), '-l', String(last), '-'],
    pdf,
    read: stdout => readPages(parseFrames(stdout), {firstPage: first, pageSize, keep}),
    signal,
  });
  const failure = programFailure(end);
  if (failure) throw failure;
  const {output: pages} = end;
  if (pages.length !== last - first + 1) {
    throw damagedPdf(`page ${first + pages.length} is announced, but cannot be rendered`);
  }
  return {pages, missingFonts: missingFonts(end.stderr)};
}
