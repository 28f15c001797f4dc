import {RetakeError} from '../errors.js';

/** PDF readers look for the header in the first kilobyte: mail gateways and printers put lines before it. */
export function hasLatePdfHeader(buffer: Buffer): boolean {
  return /%PDF-\d\.\d/.test(buffer.toString('latin1', 0, 1024));
}

export function notAPdf(bytes: Uint8Array): RetakeError {
  return new RetakeError(
    'invalid_request',
    bytes.length === 0
      ? 'Expected a PDF, but it is empty'
      : 'Expected a PDF, but these bytes are none: a PDF begins with `%PDF-`',
  );
}
