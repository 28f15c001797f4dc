import {RetakeError} from '../../errors.js';
import {collectEnd} from './collect.js';
import {damagedPdf, emptyDocument, programFailure} from './program-failure.js';
import type {ProgramRunner} from './run-program.js';

/** The line stands near the end, behind all that comes from the document itself; what looks like it further up is a title. */
const endLimit = 4096;

/**
 * How many pages a PDF announces, by pdfinfo, which is done before pdftoppm has drawn the first one.
 * @throws RetakeError `invalid_request` when there are none, or more than the limit
 */
export async function countPages(
  runner: ProgramRunner,
  {pdf, maxPages, signal}: {pdf: Uint8Array; maxPages: number; signal: AbortSignal},
): Promise<number> {
  const end = await runner.run({
    program: 'pdfinfo',
    arguments: ['-'],
    pdf,
    read: stdout => collectEnd(stdout, endLimit),
    signal,
  });
  const failure = programFailure(end);
  if (failure) throw failure;
  const announced = [...end.output.matchAll(/^Pages: +(\d+)$/gm)].at(-1)?.[1];
  if (announced === undefined) throw damagedPdf('its pages cannot be counted');
  const pages = Number(announced);
  if (pages === 0) throw emptyDocument();
  if (pages > maxPages)
    throw new RetakeError('invalid_request', `The PDF has more than ${maxPages} pages: ${pages}`, {
      hint: 'Send fewer pages, or raise the limit with `--max-pages`.',
    });
  return pages;
}
