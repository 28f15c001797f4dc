import {RetakeError} from '../../errors.js';

/** A render is needed and cannot be made here. */
export function popplerMissing(what: string, cause?: unknown): RetakeError {
  return new RetakeError('poppler_missing', `A PDF has to be turned into pages, but ${what}`, {
    hint: 'Install poppler (Debian, Ubuntu: `apt install poppler-utils`; Fedora: `dnf install poppler-utils`; Alpine: `apk add poppler-utils`; macOS: `brew install poppler`).',
    cause,
  });
}
