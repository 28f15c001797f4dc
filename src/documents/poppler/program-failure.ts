import {RetakeError} from '../../errors.js';
import type {ProgramEnd} from './run-program.js';

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
  if (stderr.includes('Incorrect password'))
    return new RetakeError('invalid_request', 'The PDF is encrypted and opens only with a password', {
      hint: 'Send it without one.',
    });
  return damagedPdf('it is truncated, or its structure is broken');
}

export function damagedPdf(what: string): RetakeError {
  return new RetakeError('invalid_request', `The PDF is damaged: ${what}`);
}

export function emptyDocument(): RetakeError {
  return new RetakeError('invalid_request', 'Expected the PDF to have pages, but none can be found in it');
}
