import {RetakeError} from '../../errors.js';
import type {ProgramEnd} from './run-program.js';

/** pdftoppm and pdfinfo say so when there is no page to work on. */
const noPageCode = 99;

/**
 * What a program's end says about the PDF; undefined when it succeeded. Exit code 0 does not mean that every page came out well.
 * The words are ours: a tool's own could tell of this machine.
 */
export function programFailure({exitCode, said}: ProgramEnd<unknown>): RetakeError | undefined {
  if (exitCode === 0) return undefined;
  if (exitCode === undefined) return damagedPdf('poppler crashed while reading it');
  if (exitCode === noPageCode) return emptyDocument();
  if (said.includes('Incorrect password'))
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
