import {hasDocument} from '../../chat/attachments.js';
import type {PagesGiven} from '../../chat/media.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {AnyRequest} from '../../chat/request.js';
import type {Provenance} from '../take.js';

/** What is told of an answer besides, and kept with its take. */
export type Remarks = Pick<Provenance, 'pages' | 'warnings'>;

/** What is to be told of the way in which documents were given to the model, and kept with the take. */
export function remarksOn(request: AnyRequest, pages: PagesGiven, warnings: readonly string[]): Remarks {
  return omitUndefined({
    pages: pages !== 'images' && request.operation !== 'raw' && hasDocument(request) ? pages : undefined,
    warnings: warnings.length > 0 ? warnings : undefined,
  });
}

/** Remarks with further warnings, each once. */
export function withWarnings(remarks: Remarks, further: readonly string[]): Remarks {
  const warnings = [...new Set([...(remarks.warnings ?? []), ...further])];
  return warnings.length === 0 ? remarks : {...remarks, warnings};
}
