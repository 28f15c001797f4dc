import {RetakeError} from '../errors.js';

/** The errors for a PDF that cannot be rendered; the same whichever program reads it. */
export function damagedPdf(what: string): RetakeError {
  return new RetakeError('invalid_request', `The PDF is damaged: ${what}`);
}

export function emptyDocument(): RetakeError {
  return new RetakeError('invalid_request', 'Expected the PDF to have pages, but none can be found in it');
}

export function encryptedPdf(): RetakeError {
  return new RetakeError('invalid_request', 'The PDF is encrypted and opens only with a password', {
    hint: 'Send it without one.',
  });
}

export function tooManyPages(pages: number, maxPages: number): RetakeError {
  return new RetakeError('invalid_request', `The PDF has more than ${maxPages} pages: ${pages}`, {
    hint: 'Send fewer pages, or raise the option `keySettings.maxPages`.',
  });
}
