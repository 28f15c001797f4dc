import type {RetakeError} from '../../errors.js';
import {damagedPdf, emptyDocument, encryptedPdf} from '../pdf-errors.js';
import type {ProgramEnd} from '../run-program.js';

/** The exit code of pdftoppm and pdfinfo for a document without pages. */
const noPageCode = 99;

/**
 * The error that a program's end means; undefined if it succeeded. Exit code 0 does not mean that every page is complete.
 * The program's own messages are not shown: they can reveal paths of this machine.
 */
export function programFailure({exitCode, stderr}: ProgramEnd<unknown>): RetakeError | undefined {
  if (exitCode === 0) return undefined;
  if (exitCode === undefined) return damagedPdf('poppler crashed while reading it');
  if (exitCode === noPageCode) return emptyDocument();
  if (stderr.includes('Incorrect password')) return encryptedPdf();
  return damagedPdf('it is truncated, or its structure is broken');
}
