import type {HeaderProblem} from './header.js';
import {pageSize} from './schema.js';

/**
 * SQLite reads the table of tables when it opens a file, before any query could check it, and follows its pages without a limit. That table
 * has few rows and at most two levels here (https://www.sqlite.org/fileformat2.html#b_tree_pages).
 */
const mostPages = 16;
const mostRows = 20;

const leaf = 0x0d;
const interior = 0x05;
const fileHeader = 100;

/** The pages with the schema: the first one, and those that it refers to. */
export function schemaPages(first: Buffer, read: (number: number) => Buffer): readonly Buffer[] {
  if (first.length < pageSize || first[fileHeader] !== interior) return [first];
  const count = first.readUInt16BE(fileHeader + 3);
  const children = [first.readUInt32BE(fileHeader + 8)];
  for (let cell = 0; cell < Math.min(count, mostPages); cell++) {
    const offset = first.readUInt16BE(fileHeader + 12 + 2 * cell);
    children.push(offset <= pageSize - 4 ? first.readUInt32BE(offset) : 0);
  }
  const isSound = new Set(children).size === children.length && children.every(number => number > 1);
  return isSound ? [first, ...children.map(read)] : [first];
}

/** Whether the schema is larger than that of a cassette, or refers to itself. */
export function findSchemaPageProblem([first, ...others]: readonly Buffer[]): HeaderProblem | undefined {
  if (first === undefined || first.length < pageSize) return undefined;
  if (first.readUInt16BE(16) !== pageSize)
    return {problem: 'was changed by another program: its pages have another size'};
  const leaves = first[fileHeader] === interior ? others : [first.subarray(fileHeader)];
  const rows = leaves.reduce(
    (sum, page) => sum + (page.length > 4 && page[0] === leaf ? page.readUInt16BE(3) : mostRows),
    0,
  );
  return leaves.length > 0 && rows <= mostRows
    ? undefined
    : {problem: 'was changed by another program: its table of tables is not the one that retake writes'};
}
