/** Consecutive pages of a document, numbered from 1. */
export type Slice = {readonly first: number; readonly last: number};

/** Fewer pages are not worth another process, which starts and reads the whole document anew: that takes as long as about one page. */
const leastPages = 5;

/** Cuts a document into as many parts as are worked on at the same time, equal to within a page. */
export function slicesOf(pages: number, processes: number): readonly Slice[] {
  const count = Math.max(1, Math.min(processes, Math.floor(pages / leastPages)));
  return Array.from({length: count}, (_, index) => ({
    first: Math.floor((pages * index) / count) + 1,
    last: Math.floor((pages * (index + 1)) / count),
  }));
}
