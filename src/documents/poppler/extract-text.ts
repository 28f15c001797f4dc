import {collectText} from '../collect-text.js';
import {damagedPdf} from '../pdf-errors.js';
import type {ProgramRunner} from '../run-program.js';
import {programFailure} from './program-failure.js';

type Extraction = {readonly pdf: Uint8Array; readonly pages: number; readonly signal: AbortSignal};

const formFeed = '\f';

/** The text of each page, in the layout of the page. */
export async function extractText(
  runner: ProgramRunner,
  {pdf, pages, signal}: Extraction,
): Promise<readonly string[]> {
  const all = await extract(runner, {pdf, first: 1, last: pages, signal});
  const texts = all.split(formFeed);
  // Each page ends with a form feed, so the last piece is empty.
  if (texts.length === pages + 1) return texts.slice(0, -1);
  if (texts.length < pages + 1) throw damagedPdf(`the text of page ${texts.length} cannot be read`);
  // The text itself can contain form feeds. Only page by page is it clear which form feed ends a page.
  return Promise.all(
    Array.from({length: pages}, async (_, index) => {
      const text = await extract(runner, {pdf, first: index + 1, last: index + 1, signal});
      return text.slice(0, text.lastIndexOf(formFeed));
    }),
  );
}

async function extract(
  runner: ProgramRunner,
  {pdf, first, last, signal}: {pdf: Uint8Array; first: number; last: number; signal: AbortSignal},
): Promise<string> {
  const end = await runner.run({
    program: 'pdftotext',
    arguments: [
      '-layout',
      '-cropbox',
      '-enc',
      'UTF-8',
      '-eol',
      'unix',
      '-f',
      String(first),
      '-l',
      String(last),
      '-',
      '-',
    ],
    pdf,
    read: collectText,
    signal,
  });
  const failure = programFailure(end);
  if (failure) throw failure;
  return end.output;
}
