import {setMaxListeners} from 'node:events';
import {RetakeError} from '../../errors.js';
import {packageFile} from '../../files/package-file.js';
import {collectText} from '../collect-text.js';
import type {PageRenderer} from '../page-renderer.js';
import {parseFrames} from '../parse-frames.js';
import {damagedPdf, emptyDocument, encryptedPdf, tooManyPages} from '../pdf-errors.js';
import {readPages} from '../read-pages.js';
import type {RenderRequest} from '../render.js';
import type {ProgramEnd, ProgramRunner} from '../run-program.js';
import {findPdfium, type InstalledPdfium} from './find-pdfium.js';

/** In bytes. Ordinary documents need a tenth of it. */
const memoryLimit = 1024 ** 3;

/**
 * Renders PDFs with PDFium, in processes of its own: a document that makes it crash, loop or use too much memory ends that process only.
 * PDFium brings fonts that replace those that a document does not embed, so its pages are the same on every machine.
 */
export function pdfiumRenderer(runner: ProgramRunner): PageRenderer {
  let installed: InstalledPdfium | undefined;
  const find = () => {
    installed ??= findPdfium();
    return installed;
  };
  return {
    async find() {
      const found = find();
      return found
        ? {isInstalled: true, name: `pdfium ${found.version}`}
        : {isInstalled: false, reason: 'the package @embedpdf/pdfium is not installed'};
    },
    async render(pdf, {pageSize, maxPages, keep, signal: given}) {
      const failed = new AbortController();
      const signal = AbortSignal.any([given, failed.signal]);
      setMaxListeners(0, given, signal);
      const work = {pdf, pageSize, maxPages, signal};
      const drawing = run(runner, find(), 'draw', work, stdout =>
        readPages(parseFrames(stdout), {firstPage: 1, pageSize, keep}),
      );
      const extraction = keep.text ? run(runner, find(), 'text', work, collectText) : undefined;
      try {
        const [pages, text] = await Promise.all([drawing, extraction]);
        if (text === undefined) return {pages, warnings: []};
        const texts = JSON.parse(text) as readonly string[];
        return {pages: pages.map((page, index) => ({...page, text: texts[index] ?? ''})), warnings: []};
      } catch (error) {
        failed.abort();
        await Promise.allSettled([drawing, extraction]);
        throw error;
      }
    },
  };
}

type Work = Pick<RenderRequest, 'pageSize' | 'maxPages' | 'signal'> & {readonly pdf: Uint8Array};

async function run<Output>(
  runner: ProgramRunner,
  installed: InstalledPdfium | undefined,
  task: 'draw' | 'text',
  {pdf, pageSize, maxPages, signal}: Work,
  read: (stdout: AsyncIterable<Uint8Array>) => Promise<Output>,
): Promise<Output> {
  const script = packageFile('src/documents/pdfium/assets/read-pdf.mjs');
  if (!installed || script === undefined)
    throw new RetakeError('internal', 'PDFium is missing from this installation of retake', {
      hint: 'Install retake again.',
    });
  const {module, wasm} = installed;
  const end = await runner.run({
    program: process.execPath,
    arguments: [
      '--max-old-space-size=512',
      script,
      JSON.stringify({task, module, wasm, pageSize, maxPages, memoryLimit}),
    ],
    pdf,
    read,
    signal,
  });
  const failure = failureOf(end, maxPages);
  if (failure) throw failure;
  return end.output;
}

/** The error that the end of a process means. Its script lists the exit codes. */
function failureOf({exitCode, stderr}: ProgramEnd<unknown>, maxPages: number): RetakeError | undefined {
  const number = Number(/^(\d+)$/m.exec(stderr)?.[1] ?? 0);
  switch (exitCode) {
    case 0:
      return undefined;
    case 10:
      return damagedPdf('it is truncated, or its structure is broken');
    case 11:
      return encryptedPdf();
    case 12:
      return emptyDocument();
    case 13:
      return tooManyPages(number, maxPages);
    case 14:
      return damagedPdf(`page ${number} is announced, but missing`);
    default:
      return damagedPdf('it cannot be rendered, or needs too much memory');
  }
}
