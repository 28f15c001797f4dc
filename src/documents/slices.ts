/** Consecutive pages of a document, numbered from 1. */
export type Slice = {readonly first: number; readonly last: number};

/** A document with no more pages is not worth a second process. */
const pagesOfOneProcess = 20;
/** Fewer pages are not worth the start of a process, which reads the whole document anew. */
const leastPages = 10;

/** Cuts a document into as many parts as are worked on at the same time, equal to within a page. */
export function slicesOf(pages: number, processes: number): readonly Slice[] {
  const count = pages <= pagesOfOneProcess ? 1 : Math.min(processes, Math.ceil(pages / leastPages));
  return Array.from({length: count}, (_, index) => ({
    first: Math.floor((pages * index) / count) + 1,
    last: Math.floor((pages * (index + 1)) / count),
  }));
}
