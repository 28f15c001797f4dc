import type {StoredRequest} from './committed-file.js';

const pageLength = 50;
const smallestId = -(2n ** 63n);
const largestId = 2n ** 63n - 1n;

export type RequestSource = {
  /** The first committed requests from an id on, in key order. */
  committed(start: bigint, limit: number): readonly StoredRequest[];
  /** The requests between two ids with recordings that are not flushed. */
  waiting(start: bigint, end: bigint): readonly StoredRequest[];
};

/** All requests in key order, a page at a time; changes to the cassette in between show in the following pages. */
export function* requestPages(source: RequestSource): Iterable<readonly StoredRequest[]> {
  for (let start = smallestId; ; ) {
    const committed = source.committed(start, pageLength);
    const last = committed.at(-1);
    const end = last && committed.length === pageLength ? last.id : largestId;
    const known = new Set(committed.map(({id}) => id));
    const waiting = source.waiting(start, end).filter(({id}) => !known.has(id));
    yield [...committed, ...waiting].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (end === largestId) return;
    start = end + 1n;
  }
}
