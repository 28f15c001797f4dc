import {collectEnd} from '../collect.js';
import {damagedPdf, emptyDocument, tooManyPages} from '../pdf-errors.js';
import type {ProgramRunner} from '../run-program.js';
import {programFailure} from './program-failure.js';

/** In bytes: more than pdfinfo writes about one page. */
const bytesPerPage = 200;

/**
 * Counts the pages of a PDF with pdfinfo, which ends before pdftoppm has drawn the first page. It also checks that each page exists:
 * for a missing page pdftoppm draws the page before it again and exits with 0.
 * @throws RetakeError `invalid_request` if there is no page, if there are too many, or if one is missing
 */
export async function countPages(
  runner: ProgramRunner,
  {pdf, maxPages, signal}: {pdf: Uint8Array; maxPages: number; signal: AbortSignal},
): Promise<number> {
  const end = await runner.run({
    program: 'pdfinfo',
    arguments: ['-f', '1', '-l', String(maxPages), '-'],
    pdf,
    read: stdout => collectEnd(stdout, (maxPages + 20) * bytesPerPage),
    signal,
  });
  const failure = programFailure(end);
  if (failure) throw failure;
  // After the last such line nothing comes from the document. An earlier one is part of a title.
  const [, announced, sizes = ''] = /^.*^Pages: +(\d+)$(.*)/ms.exec(end.output) ?? [];
  if (announced === undefined) throw damagedPdf('its pages cannot be counted');
  const pages = Number(announced);
  if (pages === 0) throw emptyDocument();
  if (pages > maxPages) throw tooManyPages(pages, maxPages);
  const sized = new Set(
    [...sizes.matchAll(/^Page +(\d+) size: +(?!0 x 0 )\S/gm)].map(([, page]) => Number(page)),
  );
  for (let page = 1; page <= pages; page++)
    if (!sized.has(page)) throw damagedPdf(`page ${page} is announced, but missing`);
  return pages;
}
