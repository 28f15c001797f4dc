import type {MediaRow} from './fact-rows.js';

/** Bytes of thumbnails that a cassette holds at most: enough for some thousand pages, and little enough for a repository. */
export const thumbnailBudget = 8 << 20;

/**
 * Leaves out the thumbnails behind the first one, in the order of digests, with which the budget would be exceeded. So what is kept does
 * not depend on what was recorded first.
 */
export function* withinBudget(rows: Iterable<MediaRow>): Iterable<MediaRow> {
  let bytes = 0;
  for (const row of rows) {
    if (row.kind === 'thumbnail') bytes += row.bytes.length;
    if (bytes <= thumbnailBudget) yield row;
    else if (row.kind !== 'thumbnail') yield row;
  }
}
