/** Consecutive pages of a document, numbered from 1. */
export type Slice = {readonly first: number; readonly last: number};

/** A process for fewer pages does not pay: starting it and reading the document takes about as long as rendering one page. */
const minimumPages = 5;

/** Splits a document into slices for parallel processes; their lengths differ by at most one page. */
export function slicesOf(pages: number, processes: number): readonly Slice[] {
  const count = Math.max(1, Math.min(processes, Math.floor(pages / minimumPages)));
  return Array.from({length: count}, (_, index) => ({
    first: Math.floor((pages * index) / count) + 1,
    last: Math.floor((pages * (index + 1)) / count),
  }));
}
