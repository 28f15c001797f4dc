import type {MediaRow} from './fact-rows.js';

/** Maximum bytes of thumbnails in a cassette: enough for some thousand pages, and little enough for a repository. */
export const thumbnailBudget = 8 << 20;

/**
 * Drops thumbnails, in the order of digests, from the first one that exceeds the budget, so that the result does not depend on the order
 * of recording.
 */
export function* withinBudget(rows: Iterable<MediaRow>): Iterable<MediaRow> {
  let bytes = 0;
  for (const row of rows) {
    if (row.kind === 'thumbnail') bytes += row.bytes.length;
    if (bytes <= thumbnailBudget) yield row;
    else if (row.kind !== 'thumbnail') yield row;
  }
}
