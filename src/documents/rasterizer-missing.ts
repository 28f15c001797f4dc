import {RetakeError} from '../errors.js';

/** The error for a PDF that cannot be rendered on this machine. */
export function rasterizerMissing(reason: string, cause?: unknown): RetakeError {
  return new RetakeError('rasterizer_missing', `A PDF has to be rendered, but ${reason}`, {
    hint: 'Install the package @embedpdf/pdfium (`npm install @embedpdf/pdfium`) or poppler (Debian, Ubuntu: `apt install poppler-utils`; Fedora: `dnf install poppler-utils`; Alpine: `apk add poppler-utils`; macOS: `brew install poppler`).',
    cause,
  });
}
