import {RetakeError} from '../../errors.js';
import {collectEnd} from './collect.js';
import {damagedPdf, emptyDocument, programFailure} from './program-failure.js';
import type {ProgramRunner} from './run-program.js';

/** More than pdfinfo writes about one page. */
const lengthOfPage = 200;

/**
 * How many pages a PDF has, by pdfinfo, which is done before pdftoppm has drawn the first one. It also looks at each: of a page that is
 * announced and missing pdftoppm draws the one before it again, and calls that success.
 * @throws RetakeError `invalid_request` when there is none, more than the limit, or one is missing
 */
export async function countPages(
  runner: ProgramRunner,
  {pdf, maxPages, signal}: {pdf: Uint8Array; maxPages: number; signal: AbortSignal},
): Promise<number> {
  const end = await runner.run({
    program: 'pdfinfo',
    arguments: ['-f', '1', '-l', String(maxPages), '-'],
    pdf,
    read: stdout => collectEnd(stdout, (maxPages + 20) * lengthOfPage),
    signal,
  });
  const failure = programFailure(end);
  if (failure) throw failure;
  // Nothing behind the last such line comes from the document; what looks like it further up is a title.
  const [, announced, sizes = ''] = /^.*^Pages: +(\d+)$(.*)/ms.exec(end.output) ?? [];
  if (announced === undefined) throw damagedPdf('its pages cannot be counted');
  const pages = Number(announced);
  if (pages === 0) throw emptyDocument();
  if (pages > maxPages)
    throw new RetakeError('invalid_request', `The PDF has more than ${maxPages} pages: ${pages}`, {
      hint: 'Send fewer pages, or raise the option `keySettings.maxPages`.',
    });
  const sized = new Set(
    [...sizes.matchAll(/^Page +(\d+) size: +(?!0 x 0 )\S/gm)].map(([, page]) => Number(page)),
  );
  for (let page = 1; page <= pages; page++)
    if (!sized.has(page)) throw damagedPdf(`page ${page} is announced, but missing`);
  return pages;
}
