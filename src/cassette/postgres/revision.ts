import type {Query} from './driver.js';

/** Counts a change of what was there. The row stays locked until the transaction ends, so that revisions are committed in order. */
export async function raiseRevision(query: Query, cassette: string): Promise<number> {
  const [row] = await query<{revision: string}>(
    'UPDATE retake.cassettes SET revision = revision + 1 WHERE id = $1 RETURNING revision',
    [cassette],
  );
  return Number(row?.revision);
}
